import { Type } from '@sinclair/typebox';
import type { Users } from './ports.ts';
import { clip, expectOk, type HttpService, ServiceRejected, ServiceUnavailable } from '../gateways/http/index.ts';
import { isEmail } from '../domain/shared/email-address.ts';
import type { Logger } from '../platform/logging.ts';

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
    const address = clip(email, 255);
    return { email: address !== null && isEmail(address) ? address : null, name: clip(name, 255) };
  },
});

/** If the service cannot answer, the user is unknown and the order continues without a name. */
export const optionalUsers = (users: Users, log: Pick<Logger, 'warn'>): Users => ({
  find: async (id, trace) => {
    try {
      return await users.find(id, trace);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable || error instanceof ServiceRejected)) throw error;
      log.warn(
        { err: error, request_id: trace.request_id },
        'the customer could not be looked up; the order continues without name and e-mail',
      );
      return undefined;
    }
  },
});
