import type { Users } from '../ports.ts';
import type { Logger } from '../../platform/logging.ts';
import { ServiceRejected, ServiceUnavailable } from '../../gateways/http/index.ts';

/** An order goes on without a name: nobody is known where the service cannot say. */
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
