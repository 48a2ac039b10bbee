import { Type } from '@sinclair/typebox';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { LedgerEntry, LedgerPage } from '../../gateways/payment/sandbox-ledger.ts';
import { readPaging } from '../server/paging.ts';
import { resolveId } from '../server/resolve-id.ts';
import { route, type Route } from '../server/route.ts';
import { nullable, strictObject, text } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';
import { maybe, money, shape, uuid, words } from '../server/schemas/response-parts.ts';
import { ledgerExample } from '../payments/examples.ts';

export type SandboxDeps = {
  readonly readLedger: (page: LedgerPage) => Promise<readonly LedgerEntry[]>;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
};

const ledgerEntry = shape(
  {
    idempotency_key: Type.String(),
    kind: words(['charge', 'refund']),
    payment_id: uuid(),
    refund_id: nullable(uuid()),
    order_id: uuid(),
    amount: money(),
    currency: Type.String(),
    outcome: nullable(words(['succeeded', 'declined'])),
    transaction_id: maybe.text(),
    reason: maybe.text(),
    asked: Type.Integer({ description: 'How often it was asked under this key.' }),
  },
  'LedgerEntry',
);

const ledgerQuery = strictObject({
  order_id: Type.Optional(text({ min: 1, max: 255, description: 'UUID or number of an order.' })),
  limit: paging.limit,
  offset: paging.offset,
  skip: paging.skip,
  page: paging.page,
});

const unused = (): undefined => undefined;

/** What the sandbox gateway was asked and did: the other side of the books, outside the event log. */
export const sandboxRoutes = ({ readLedger, findOrderIdByNumber }: SandboxDeps): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/admin/sandbox/ledger',
      operationId: 'readSandboxLedger',
      tag: 'Admin',
      summary: 'What the sandbox gateway was asked and did',
      description: 'Oldest first. Its own books, beside the event log, so that both can be compared.',
      permission: { admin: 'any', auditor: 'any' },
      query: ledgerQuery,
      answers: { 200: { description: 'A page.', body: Type.Array(ledgerEntry), example: [ledgerExample] } },
    },
    async ({ query }) => {
      const { limit, offset = 0 } = readPaging(query, unused);
      const order = query.order_id === undefined ? undefined : await resolveId(query.order_id, findOrderIdByNumber);
      if (query.order_id !== undefined && order === undefined) return { status: 200, body: [] };
      const entries = await readLedger({ limit, offset, ...(order !== undefined && { order_id: order }) });
      const body = entries.map((entry) => ({ ...entry, amount: toMajor(Number(entry.amount), entry.currency) }));
      return { status: 200, body };
    },
  ),
];
