import { headerOf, isSystemEvent, withData, type Delivered } from './events.ts';
import { hashOf } from '../hash-chain.ts';
import type { EventHash, StoredEvent } from '../port.ts';

export type Ownership = {
  /** Begins the name of every stream on the server; only the adapter sees it. Default none. */
  readonly prefix?: string;
  /** Whether Waybill wrote this event. Default: whatever is a JSON object. */
  readonly isOwn?: (event: Pick<StoredEvent, 'metadata'>) => boolean;
  /** Called for every event of another application that is skipped. */
  readonly onForeign?: (event: { readonly stream: string; readonly type: string }) => void;
};

const ignore = (): void => undefined;

/** Tells the events of Waybill from those of other applications that write to the same server. */
export const createOwnEvents = ({ prefix = '', isOwn = () => true, onForeign = ignore }: Ownership) => {
  /** What `read` makes of an event; undefined where that is the server's own or foreign: no reader may stop at it. */
  const takeBy =
    <T>(read: (header: NonNullable<ReturnType<typeof headerOf>>, event: Delivered) => T | undefined) =>
    (event: Delivered): T | undefined => {
      if (isSystemEvent(event)) return undefined;
      const header = headerOf(event, prefix);
      const taken = header !== undefined && isOwn(header) ? read(header, event) : undefined;
      if (taken === undefined) onForeign({ stream: event.streamId, type: event.type });
      return taken;
    };
  const take = takeBy(withData);

  return {
    serverStream: (stream: string): string => prefix + stream,
    /** Prefixes as the server knows them; `''` stays: every stream. */
    serverPrefixes: (prefixes: readonly string[]): readonly string[] => prefixes.map((one) => prefix + one),
    take,
    /** Its hash, its data unread. */
    takeHash: takeBy(({ stream, revision, position, metadata }): EventHash => {
      return { stream, revision, position, hash: hashOf({ metadata }) };
    }),
    takeAll: (events: readonly Delivered[]): readonly StoredEvent[] => events.flatMap((event) => take(event) ?? []),
    /** Of an event that a reader of these prefixes gets to see. */
    takeWanted: (event: Delivered, prefixes: readonly string[]): StoredEvent | undefined =>
      prefixes.some((one) => event.streamId.startsWith(prefix + one) || one === '') ? take(event) : undefined,
  };
};

export type OwnEvents = ReturnType<typeof createOwnEvents>;
