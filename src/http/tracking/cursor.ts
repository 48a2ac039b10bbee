import type { Revision } from '../../event-store/port.ts';
import { invalid } from '../server/problem.ts';

/** How far a client of an order's stream has come. */
export type Cursor = {
  /** Of the last event of the order that was sent. */
  readonly revision: Revision;
  /** Of the last position that was sent. 0: none. */
  readonly n: number;
  /** The estimate that was sent last, in milliseconds since 1970. 0: none. */
  readonly eta: number;
};

const FORM = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/;

/** An `id:` of the stream; sent back as `Last-Event-ID` it says all that is needed to go on. */
export const writeCursor = ({ revision, n, eta }: Cursor): string => `${revision}.${n}.${eta}`;

/** Undefined: a new beginning. */
export const readCursor = (lastEventId: string | undefined): Cursor | undefined => {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const [, revision, n, eta] = FORM.exec(lastEventId) ?? [];
  if (revision !== undefined) return { revision: BigInt(revision), n: Number(n), eta: Number(eta) };
  throw invalid([
    { field: 'Last-Event-ID', message: 'must be the id of an event of this stream', received: lastEventId },
  ]);
};
