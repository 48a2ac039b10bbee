import { isJsonEvent, isSystemEvent, toStored, type Delivered } from './events.ts';
import type { StoredEvent } from '../port.ts';

export type Ownership = {
  /** Begins the name of every stream on the server; only the adapter sees it. Default none. */
  readonly prefix?: string;
  /** Whether Waybill wrote this event. Default: whatever is a JSON object. */
  readonly isOwn?: (event: StoredEvent) => boolean;
  /** Called for every event of another application that is skipped. */
  readonly onForeign?: (event: { readonly stream: string; readonly type: string }) => void;
};

const ignore = (): void => undefined;

/** Tells the events of Waybill from those of other applications that write to the same server. */
export const createOwnEvents = ({ prefix = '', isOwn = () => true, onForeign = ignore }: Ownership) => {
  /** The event, or undefined where it is the server's own or foreign: no reader may stop at it. */
  const take = (event: Delivered): StoredEvent | undefined => {
    if (isSystemEvent(event)) return undefined;
    const stored = event.streamId.startsWith(prefix) && isJsonEvent(event) ? toStored(event, prefix.length) : undefined;
    if (stored !== undefined && isOwn(stored)) return stored;
    onForeign({ stream: event.streamId, type: event.type });
    return undefined;
  };

  return {
    serverStream: (stream: string): string => prefix + stream,
    /** Prefixes as the server knows them; `''` stays: every stream. */
    serverPrefixes: (prefixes: readonly string[]): readonly string[] => prefixes.map((one) => prefix + one),
    take,
    takeAll: (events: readonly Delivered[]): readonly StoredEvent[] => events.flatMap((event) => take(event) ?? []),
    /** Of an event that a reader of these prefixes gets to see. */
    takeWanted: (event: Delivered, prefixes: readonly string[]): StoredEvent | undefined =>
      prefixes.some((one) => event.streamId.startsWith(prefix + one) || one === '') ? take(event) : undefined,
  };
};

export type OwnEvents = ReturnType<typeof createOwnEvents>;
