import type { Revision } from '../../event-store/port.ts';
import { invalid } from '../server/problem.ts';

/** How far somebody who follows an order has come. */
export type Cursor = {
  /** Of the last event of the order that is behind what they were told. */
  readonly revision: Revision;
  /** Of the last position they were told. 0: none. */
  readonly n: number;
  /** The estimate they were told last, in milliseconds since 1970. 0: none. */
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
