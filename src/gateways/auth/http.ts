import { Type, type Static } from '@sinclair/typebox';
import type { Trace } from '../../platform/trace.ts';
import { ServiceUnavailable, type HttpService } from '../http/index.ts';

const id = Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Integer()]));
const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const verdict = Type.Optional(Type.Boolean());

/** Who it is, in the spellings that auth services use. */
const person = Type.Object({
  user_id: id,
  userId: id,
  uid: id,
  id,
  sub: id,
  role: Type.Optional(Type.String({ minLength: 1 })),
  email: text,
  name: text,
  full_name: text,
});
type Person = Static<typeof person>;

const answer = Type.Composite([
  person,
  Type.Object({
    valid: verdict,
    active: verdict,
    success: verdict,
    user: Type.Optional(person),
    data: Type.Optional(Type.Composite([person, Type.Object({ user: Type.Optional(person) })])),
  }),
]);
type Verdict = Static<typeof answer>;

/** Statuses that say something of the token, and nothing of the service. */
const REJECTIONS = [400, 401, 403, 422];

const saysNo = ({ valid, active, success }: Verdict): boolean =>
  valid === false || active === false || success === false;

const ownerOf = ({ user_id, userId, uid, id: ownId, sub, role, email, name, full_name }: Person) => {
  const owner = user_id ?? userId ?? uid ?? ownId ?? sub;
  if (owner === undefined || role === undefined) return undefined;
  return { id: String(owner), role, email: email ?? undefined, name: name ?? full_name ?? undefined };
};

/**
 * `POST /api/auth/validate-token` with the token as bearer and as `{token}`. Answers whose it is; undefined where the
 * service rejects it.
 * @throws `ServiceUnavailable` also for a yes that does not say who it is: an incomplete answer lets no caller in
 */
export const createValidateToken =
  (service: HttpService) =>
  async (token: string, trace?: Trace): Promise<ReturnType<typeof ownerOf>> => {
    const said = await service.ask({
      method: 'POST',
      path: ['api', 'auth', 'validate-token'],
      body: { token },
      bearer: token,
      isReadOnly: true,
      answer,
      ...(trace !== undefined && { trace }),
    });
    if (!said.ok) {
      if (REJECTIONS.includes(said.status)) return undefined;
      throw new ServiceUnavailable(service.name, `answered ${said.status}`);
    }
    if (saysNo(said.body)) return undefined;
    const { data, user } = said.body;
    const owner = ownerOf(user ?? data?.user ?? data ?? said.body);
    if (owner === undefined) throw new ServiceUnavailable(service.name, 'does not name the owner of the token');
    return owner;
  };
