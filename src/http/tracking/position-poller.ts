import type { DeliveryPositions, Position } from '../../delivery/index.ts';

export type PositionWatcher = {
  readonly order_id: string;
  /** The last one known; undefined: none is of interest now. */
  readonly known: () => number | undefined;
  readonly take: (position: Position) => void;
};

export type PositionPoller = {
  /** Receives positions, some perhaps twice. Answers how to stop. */
  readonly watch: (watcher: PositionWatcher) => () => void;
};

export type PositionPollerDeps = {
  readonly positions: Pick<DeliveryPositions, 'since'>;
  /** Milliseconds between two queries. */
  readonly everyMs: number;
  readonly onFailure: (error: unknown) => void;
};

/** The most positions of one order that are sent at once; older ones are out of date. */
export const MOST_POSITIONS = 300;

/** One query for all watchers in this process, while there are any. What a failed query missed, the next one finds. */
export const createPositionPoller = ({ positions, everyMs, onFailure }: PositionPollerDeps): PositionPoller => {
  const watchers = new Set<PositionWatcher>();
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const byOrder = new Map<string, { order_id: string; n: number }>();
    for (const { order_id, known } of watchers) {
      const n = known();
      if (n === undefined) continue;
      byOrder.set(order_id, { order_id, n: Math.min(n, byOrder.get(order_id)?.n ?? n) });
    }
    const fresh = new Map<string, Position[]>();
    for (const { order_id, ...position } of await positions.since([...byOrder.values()], MOST_POSITIONS))
      fresh.set(order_id, [...(fresh.get(order_id) ?? []), position]);
    if (fresh.size === 0) return;
    for (const { order_id, take } of [...watchers]) for (const position of fresh.get(order_id) ?? []) take(position);
  };

  const lookAgain = (): void => {
    timer = setTimeout(() => {
      void look()
        .catch(onFailure)
        .finally(() => {
          if (watchers.size > 0) lookAgain();
          else timer = undefined;
        });
    }, everyMs);
  };

  return {
    watch: (watcher) => {
      watchers.add(watcher);
      if (timer === undefined) lookAgain();
      return () => void watchers.delete(watcher);
    },
  };
};
