import { Type } from '@sinclair/typebox';
import type { Users } from '../ports.ts';
import { clip, expectOk, type HttpService } from '../../gateways/http/index.ts';

const maybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const user = Type.Object({ email: maybeText, name: maybeText });
/** Bare, or in an envelope: both are in use. */
const answered = Type.Union([Type.Object({ data: user }), Type.Object({ user }), user]);

/** The merchant's user service: `GET /api/auth/user/{id}`. */
export const createHttpUsers = (service: HttpService): Users => ({
  find: async (id, trace) => {
    const answer = await service.ask({ method: 'GET', path: ['api', 'auth', 'user', id], trace, answer: answered });
    if (!answer.ok && answer.status === 404) return undefined;
    const body = expectOk(service, answer);
    const { email, name } = 'data' in body ? body.data : 'user' in body ? body.user : body;
    return { email: clip(email, 255), name: clip(name, 255) };
  },
});
