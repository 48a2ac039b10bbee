import { isUuid } from '../platform/uuid.ts';
import type { Knex } from 'knex';
import type { DataKeys } from '../platform/data-keys.ts';
import { enqueueJobs } from '../jobs/queue.ts';
import { openEnvelopes, type Envelope } from './outbox/envelopes.ts';
import type { MessageKind, MessageStatus } from './kinds.ts';
import { notifyCustomers } from './notify-customers.ts';

/** A message as an operator sees it. */
export type MessageView = {
  readonly id: string;
  readonly kind: MessageKind;
  readonly order_id: string;
  /** Null: its customer was erased. */
  readonly to: string | null;
  readonly subject: string | null;
  readonly status: MessageStatus;
  /** When what it is about happened. */
  readonly at: string;
  readonly attempts: number;
  /** Why the last try failed. */
  readonly reason: string | null;
  readonly next_try_at: string | null;
};

export type MessageFilters = {
  readonly order_id?: string | undefined;
  readonly kind?: MessageKind | undefined;
  readonly status?: MessageStatus | undefined;
};

export type MessageCounts = { readonly waiting: number; readonly failed: number };

/** The messages as people look after them. */
export type Messages = {
  /** Newest first. */
  readonly list: (
    query: MessageFilters & { readonly limit: number; readonly offset: number },
  ) => Promise<readonly MessageView[]>;
  readonly find: (id: string) => Promise<MessageView | undefined>;
  /** Sends one now, whatever became of it. */
  readonly sendAgain: (id: string) => Promise<void>;
  readonly counts: () => Promise<MessageCounts>;
};

type Row = Omit<MessageView, 'to' | 'subject' | 'at' | 'next_try_at'> & {
  readonly at: Date;
  readonly next_try_at: Date | null;
  readonly key_id: string;
  readonly sealed: Buffer;
};

const COLUMNS = [
  ...['id', 'kind', 'order_id', 'status', 'at', 'attempts', 'reason', 'next_try_at'],
  ...['key_id', 'sealed'],
];

const viewOf = ({ key_id: _, sealed: __, ...row }: Row, envelope: Envelope | null | undefined): MessageView => ({
  ...row,
  to: envelope?.to ?? null,
  subject: envelope?.subject ?? null,
  at: row.at.toISOString(),
  next_try_at: row.next_try_at?.toISOString() ?? null,
});

const given = (filters: MessageFilters): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

export const openMessages = (db: Knex, keys: DataKeys): Messages => {
  const open = async (rows: readonly Row[]): Promise<readonly MessageView[]> => {
    const envelopes = await openEnvelopes(keys, rows);
    return rows.map((row, index) => viewOf(row, envelopes[index]));
  };
  return {
    list: async ({ limit, offset, ...filters }) =>
      open(
        await db<Row>('messages')
          .where(given(filters))
          .orderBy([{ column: 'position', order: 'desc' }, { column: 'id' }])
          .limit(limit)
          .offset(offset)
          .select(COLUMNS),
      ),
    find: async (id) =>
      isUuid(id) ? (await open(await db<Row>('messages').where({ id }).select(COLUMNS)))[0] : undefined,
    sendAgain: async (id) => {
      await db('messages')
        .where({ id })
        .update({ status: 'waiting', attempts: 0, reason: null, next_try_at: db.fn.now() });
      await enqueueJobs(db, [notifyCustomers.job({})]);
    },
    counts: async () => {
      const { rows } = await db.raw<{ rows: MessageCounts[] }>(
        `select (select count(*)::int from messages where status = 'waiting') as waiting,
           (select count(*)::int from messages where status = 'failed') as failed`,
      );
      return rows[0] ?? { waiting: 0, failed: 0 };
    },
  };
};
