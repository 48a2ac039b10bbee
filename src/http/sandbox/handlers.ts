import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { LedgerEntry, LedgerPage } from '../../gateways/payment/index.ts';
import { noCursor, readPaging } from '../server/paging.ts';
import { resolveId } from '../server/resolve-id.ts';
import { bind, type Bound } from '../server/route.ts';
import { sandboxSpecs } from './routes.ts';

export type SandboxDeps = {
  readonly readLedger: (page: LedgerPage) => Promise<readonly LedgerEntry[]>;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
};

export const bindSandbox = ({ readLedger, findOrderIdByNumber }: SandboxDeps): Bound<typeof sandboxSpecs> =>
  bind(sandboxSpecs, {
    readSandboxLedger: {
      handle: async ({ query }) => {
        const { limit, offset = 0 } = readPaging(query, noCursor);
        const { order_id: name } = query;
        const order_id = name === undefined ? undefined : await resolveId(name, findOrderIdByNumber);
        if (name !== undefined && order_id === undefined) return { status: 200, body: [] };
        const entries = await readLedger({ limit, offset, ...(order_id !== undefined && { order_id }) });
        const body = entries.map((entry) => ({ ...entry, amount: toMajor(Number(entry.amount), entry.currency) }));
        return { status: 200, body };
      },
    },
  });
