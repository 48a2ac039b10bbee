import type { Users } from '../ports.ts';
import type { Logger } from '../../platform/logging.ts';
import { ServiceRejected, ServiceUnavailable } from '../../gateways/http/index.ts';

/** Where the service cannot answer, the user is unknown and the order goes on without a name. */
export const optionalUsers = (users: Users, log: Pick<Logger, 'warn'>): Users => ({
  find: async (id, trace) => {
    try {
      return await users.find(id, trace);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable || error instanceof ServiceRejected)) throw error;
      log.warn({ err: error, request_id: trace.request_id }, 'the customer is not asked for: an order goes on without');
      return undefined;
    }
  },
});
