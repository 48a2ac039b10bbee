import { Type, type Static, type TObject } from '@sinclair/typebox';
import { isOf, type RecordedOf } from '../../commands/index.ts';
import type { DocumentEvent } from '../../domain/document/index.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { OrderEvent } from '../../domain/order/index.ts';
import type { PaymentEvent } from '../../domain/payment/index.ts';
import type { ReturnEvent } from '../../domain/return/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { Job } from '../../jobs/queue.ts';
import { defineTask, type DeclaredTask, type TaskContext, type TaskDeclaration } from '../../jobs/task.ts';

/**
 * A process: when this event is recorded, this job. It rejects nothing and does nothing itself; the job acts. All
 * processes follow the log together: one that is new begins where the others stand. Personal data comes as erased, since
 * no job may hold it.
 */
export type Process = {
  /** The name of its task, said when it fails. */
  readonly name: string;
  /** Stream name prefixes it listens to. */
  readonly prefixes: readonly string[];
  readonly handles: ReadonlySet<string>;
  /** Undefined: nothing follows from this event. */
  readonly react: (recorded: Recorded) => Job | undefined;
};

export type DeclaredProcess<N extends string, P extends object, D> = Process & DeclaredTask<N, P, D>;

/** Category of streams → the events that are written there. */
type Categories = {
  readonly order: OrderEvent;
  readonly return: ReturnEvent;
  readonly payment: PaymentEvent;
  readonly document: DocumentEvent;
};

/** The events that a process follows, by the category of their streams. */
export type Followed = { readonly [C in keyof Categories]?: readonly Categories[C]['type'][] };

type TypesOf<F extends Followed> = Extract<
  { readonly [C in keyof F]: F[C] extends readonly (infer T)[] ? T : never }[keyof F],
  DomainEvent['type']
>;
/** One of the events that a process follows. */
export type CauseOf<F extends Followed> = RecordedOf<TypesOf<F>>;

const isFollowedBy = <F extends Followed>(on: F): ((recorded: Recorded) => recorded is CauseOf<F>) =>
  // CauseOf says in types what this looks up; TypeScript cannot follow it through the values of an object.
  isOf(...Object.values(on).flat()) as (recorded: Recorded) => recorded is CauseOf<F>;

const following = <F extends Followed>(
  name: string,
  on: F,
  jobFor: (cause: CauseOf<F>) => Job | undefined,
): Process => {
  const isFollowed = isFollowedBy(on);
  return {
    name,
    prefixes: Object.keys(on).map((category) => `${category}-`),
    handles: new Set(Object.values(on).flat()),
    react: (recorded) => (isFollowed(recorded) ? jobFor(recorded) : undefined),
  };
};

export type ProcessDeps = {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
  readonly now: () => Instant;
};

/** Where the event is that a job follows from. */
const place = Type.Object({
  stream: Type.String(),
  revision: Type.String({ pattern: '^\\d+$' }),
  /** By which jobs of one queue know their order. */
  position: Type.Optional(Type.String()),
});

/** A job for each event. */
export const perEvent = ({ id }: Recorded): string => id;
/** Where only the latest event of a stream counts: at most one job waits for each stream. */
export const perStream = ({ stream }: Recorded): string => streamId(stream);

export type ProcessContext = TaskContext & {
  /** When the job began. */
  readonly at: Instant;
  /** For what is known only after a wait, such as the outcome of a payment. */
  readonly now: () => Instant;
  /** The job that this event leads to. */
  readonly job: Job<string, Static<typeof place>>;
};

type ProcessDeclaration<N extends string, D, F extends Followed> = {
  /** The name of its task: kebab-case imperative; stored with every waiting job, so never renamed. */
  readonly name: N;
  readonly on: F;
  /** At most one job of a key waits. */
  readonly key: (cause: CauseOf<F>) => string;
  /** Default: every one of these events counts. */
  readonly when?: (cause: CauseOf<F>) => boolean;
  /** Jobs of one queue run one after the other. Default: each for itself. */
  readonly queue?: (cause: CauseOf<F>) => string | undefined;
  /** Default: every installation runs it. */
  readonly isUsed?: (deps: D) => boolean;
  readonly run: (cause: CauseOf<F>, deps: D, context: ProcessContext) => Promise<unknown>;
};

/** Declares a process whose job is about one event, which it finds by stream and revision. */
export const defineProcess = <const N extends string, D, const F extends Followed>({
  name,
  on,
  key,
  when = () => true,
  queue,
  isUsed = () => true,
  run,
}: ProcessDeclaration<N, D, F>): DeclaredProcess<N, Static<typeof place>, D & ProcessDeps> => {
  const isFollowed = isFollowedBy(on);

  const jobFor = (cause: CauseOf<F>): Job<N, Static<typeof place>> => {
    const { stream, revision, position } = cause;
    const at = { stream, revision: String(revision) };
    const payload = queue === undefined ? at : { ...at, position: String(position) };
    const inQueue = queue?.(cause);
    return {
      ...task.job(payload),
      key: task.jobKey(key(cause)),
      ...(inQueue === undefined ? {} : { queue: inQueue }),
    };
  };

  const task = defineTask<N, typeof place, D & ProcessDeps>({
    name,
    payload: place,
    isUsed,
    run: async ({ stream, revision }, deps, context): Promise<void> => {
      const { store, codec, now } = deps;
      const [cause] = await codec.decode(await store.readStream(stream, { from: BigInt(revision), limit: 1 }));
      // A stream that was deleted in the event store needs nothing any more.
      if (cause === undefined && (await store.readStream(stream, { limit: 1 })).length === 0) return;
      if (cause === undefined) throw new Error(`${name}: ${stream} has no revision ${revision}`);
      if (!isFollowed(cause)) throw new Error(`${name} does not follow from ${cause.fact.type}`);
      await run(cause, deps, { ...context, at: now(), now, job: jobFor(cause) });
    },
  });
  return { ...task, ...following(name, on, (cause) => (when(cause) ? jobFor(cause) : undefined)), name };
};

type ThingDeclaration<N extends string, S extends TObject, D, F extends Followed> = TaskDeclaration<N, S, D> & {
  readonly on: F;
  /** What the job is about; undefined: nothing follows from this event. */
  readonly ask: (cause: CauseOf<F>) => Static<S> | undefined;
};

/**
 * Declares a process whose job is about a thing, such as an order, and reads how that stands. However many events ask for
 * it, one such job waits.
 */
export const defineThingProcess = <const N extends string, S extends TObject, D, const F extends Followed>({
  on,
  ask,
  ...declared
}: ThingDeclaration<N, S, D, F>): DeclaredProcess<N, Static<S>, D> => {
  const task = defineTask<N, S, D>(declared);
  const jobFor = (cause: CauseOf<F>): Job | undefined => {
    const payload = ask(cause);
    return payload === undefined ? undefined : task.job(payload);
  };
  return { ...task, ...following(task.name, on, jobFor), name: task.name };
};

type Used<D> = { readonly isUsed: (deps: D) => boolean };

/** Those of a worker's tasks that follow the log. */
export const processesAmong = <D>(declared: readonly (Used<D> | (Used<D> & Process))[], deps: D): readonly Process[] =>
  declared.flatMap((one) => ('react' in one && one.isUsed(deps) ? [one] : []));
