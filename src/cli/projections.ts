import { lowerPriority } from '../app/roles/lower-priority.ts';
import type { Container } from '../app/container.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import { businessDayIn } from '../platform/business-day.ts';
import { plural } from '../platform/plural.ts';
import type { NumberKind } from '../domain/shared/numbers.ts';
import { createProgress } from '../platform/progress.ts';
import {
  CannotProject,
  NoSuchCopy,
  NothingWaits,
  RebuildCancelled,
  RebuildInProgress,
  rebuildProjection,
  rollBack,
  swapIn,
  type Projection,
  type RebuildDeps,
} from '../projections/engine/index.ts';
import {
  cancelRebuild,
  diffProjection,
  projectionDetails,
  type Diff,
  type ProjectionDetail,
} from '../projections/maintenance/index.ts';
import { findIdByNumber } from '../projections/numbers/index.ts';
import { orderSearch, replaceLostSearchKey } from '../projections/order-search/index.ts';
import { findProjection, projections } from '../projections/registry.ts';
import { NoKey, repairProjection } from '../projections/self-check/index.ts';
import { demandNoMore, parseFlags, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

const NAMES = projections.map(({ name }) => name);

const USAGE = `Use: projections list                    how far every read model is
       status [<name>]         the same, with rebuilds and what is kept
       rebuild <name>|all      build it anew from the log beside the live one, then swap
         --no-swap             only build it, for diff, swap or cancel
       diff <name>             compare it with the rebuild, or with what the last swap replaced
       swap <name>             put the rebuild in its place
       rollback <name>         put back what the last swap replaced: it is kept for 24 hours
       cancel <name>           drop a rebuild that is in progress or waits
       repair <name> [<id or number>]
                               make one row, or all that the self-check found, what the log says
       --json                  one JSON object per line
Read models: ${NAMES.join(', ')}`;

type Print = (line: string) => void;
type Options = { readonly json: boolean; readonly swaps: boolean; readonly id: string | undefined };
type Deps = Container & Required<Pick<RebuildDeps, 'dayOf'>>;
type Command = (deps: Deps, chosen: readonly Projection[], talk: { readonly print: Print } & Options) => Promise<void>;

const PRIORITY = 10;

/** The length of the longest name. */
const NAME_CHARACTERS = Math.max(...NAMES.map(({ length }) => length));

const lineOf = ({ name, version, state, position, head, lag_events }: ProjectionDetail): string =>
  `${name.padEnd(NAME_CHARACTERS)} version ${version}  ${state.padEnd(13)}  position ${position} of ${head}  ${plural(lag_events, 'event')} behind`;

const moreOf = ({ name, failure, rebuild, kept, drift }: ProjectionDetail): readonly string[] => [
  ...(drift.count === 0 ? [] : [`  differs from the log: ${drift.count} found; repair ${name} puts them right`]),
  ...drift.first.map(({ scope, key, kind }) => `    ${kind} ${scope} ${key}`),
  ...(failure === null ? [] : [`  stopped: ${failure.reason}`]),
  ...(rebuild === null
    ? []
    : [
        `  rebuild: ${rebuild.state}, ${rebuild.events} events, position ${rebuild.position}, ${rebuild.events_per_second}/s` +
          (rebuild.eta_seconds === null ? '' : `, about ${rebuild.eta_seconds} s left`) +
          (rebuild.error === null ? '' : `, ${rebuild.error}`),
      ]),
  ...(kept === null
    ? []
    : [`  kept: version ${kept.version}, position ${kept.position}, until ${kept.kept_until}: rollback swaps it in`]),
];

const show =
  (tell: (detail: ProjectionDetail) => readonly string[]): Command =>
  async (deps, chosen, { print, json }) => {
    for (const detail of await projectionDetails({ ...deps, projections: chosen }))
      if (json) print(JSON.stringify(detail));
      else for (const line of tell(detail)) print(line);
  };

const rebuildOne = async (deps: Deps, projection: Projection, { print, json, swaps }: Parameters<Command>[2]) => {
  const { name } = projection;
  const isReplaced = name === orderSearch.name && (await replaceLostSearchKey(deps.db, deps.dataKeys));
  if (isReplaced && !json) print(`${name}: the key of the search index was gone; it is rebuilt with a new one`);
  const begun = performance.now();
  const total = Number(await deps.store.head());
  const label = `Rebuilding ${name}`;
  const progress = createProgress({ label, total, unit: 'positions', out: process.stderr, print, json });
  const onProgress = ({ position }: { readonly position: bigint }): void => progress.update(Number(position));
  try {
    const { events, position } = await rebuildProjection(projection, { ...deps, swaps, onProgress });
    progress.end();
    const seconds = (performance.now() - begun) / 1000;
    const rate = Math.round(events / seconds);
    if (json)
      print(JSON.stringify({ type: 'rebuilt', projection: name, events, position: String(position), seconds, swaps }));
    else
      print(
        `${name}: rebuilt from ${plural(events, 'event')} up to position ${position} in ${seconds.toFixed(1)} s (${rate} events/s)` +
          (swaps ? '' : '; not swapped in'),
      );
  } catch (error) {
    progress.end();
    throw error;
  }
};

const rebuild: Command = async (deps, chosen, talk) => {
  lowerPriority(PRIORITY);
  for (const projection of chosen) await rebuildOne(deps, projection, talk);
};

const tellDiff = ({ projection, position, compared, old, differences, ...diff }: Diff): readonly string[] => {
  const [before, after] = compared === 'kept' ? ['kept', 'live'] : ['live', 'rebuilt'];
  const { rows, counters, sums } = differences;
  return [
    `${projection} at position ${position}: ${plural(old.rows, 'row')} ${before}, ${plural(diff.new.rows, 'row')} ${after}`,
    `checksums ${old.checksum === diff.new.checksum ? 'are equal' : `differ: ${old.checksum} and ${diff.new.checksum}`}`,
    `${plural(rows, 'row')}, ${plural(counters, 'counter')} and ${plural(sums, 'sum')} differ`,
    ...diff.rows.flatMap((row) => [
      row.key,
      `  ${before}: ${JSON.stringify(row.old)}`,
      `  ${after}: ${JSON.stringify(row.new)}`,
    ]),
    ...[...diff.counters, ...diff.sums].map((value) => `${value.name}: ${before} ${value.old}, ${after} ${value.new}`),
  ];
};

const diff: Command = async (deps, chosen, { print, json }) => {
  for (const projection of chosen) {
    const found = await diffProjection(projection, deps);
    if (json) print(JSON.stringify(found));
    else for (const line of tellDiff(found)) print(line);
    const { rows, counters, sums } = found.differences;
    if (rows + counters + sums > 0) process.exitCode = 1;
  }
};

const change =
  (done: string, work: (projection: Projection, deps: Deps) => Promise<unknown>): Command =>
  async (deps, chosen, { print, json }) => {
    for (const projection of chosen) {
      await work(projection, deps);
      print(json ? JSON.stringify({ type: done, projection: projection.name }) : `${projection.name}: ${done}`);
    }
  };

/** Read models whose rows have numbers by which people know them. */
const NUMBERED: Readonly<Record<string, NumberKind>> = {
  order_list: 'order',
  order_search: 'order',
  return_list: 'return',
  payment_list: 'payment',
};

const repair: Command = async (deps, chosen, { print, json, id }) => {
  for (const projection of chosen) {
    const { name } = projection;
    const kind = NUMBERED[name];
    const numbered = id === undefined || kind === undefined ? undefined : await findIdByNumber(deps.db, kind, id);
    const repaired = await repairProjection(projection, deps, { key: numbered ?? id }).catch((error: unknown) => {
      throw error instanceof NoKey ? new NoKey(`"${id ?? ''}" ${error.message}.`) : error;
    });
    const { rows, counters, sums, left } = repaired;
    if (json) print(JSON.stringify({ type: 'repaired', projection: name, ...repaired }));
    else
      print(
        `${name}: repaired ${plural(rows.length, 'row')}; counted ${plural(counters, 'counter')} and ${plural(sums, 'sum')} again`,
      );
    if (!json && left > 0)
      print(`${name}: left to repair: ${plural(left, 'difference')}; repair ${name} puts them right`);
  }
};

type Verb = { readonly run: Command; readonly takes: 'nothing' | 'one' | 'one or none' | 'one or all' };

const VERBS = new Map<string, Verb>([
  ['list', { run: show((detail) => [lineOf(detail)]), takes: 'nothing' }],
  ['status', { run: show((detail) => [lineOf(detail), ...moreOf(detail)]), takes: 'one or none' }],
  ['rebuild', { run: rebuild, takes: 'one or all' }],
  ['diff', { run: diff, takes: 'one' }],
  ['swap', { run: change('swapped in', swapIn), takes: 'one' }],
  ['rollback', { run: change('rolled back', rollBack), takes: 'one' }],
  ['repair', { run: repair, takes: 'one' }],
  ['cancel', { run: change('cancelled', cancelRebuild), takes: 'one' }],
]);

const flagsOf = (args: readonly string[]) => {
  const yes = { type: 'boolean' } as const;
  return parseFlags({ args: [...args], allowPositionals: true, options: { json: yes, 'no-swap': yes } }, USAGE);
};

const chosenBy = ({ takes }: Verb, name: string | undefined): readonly Projection[] => {
  if (takes === 'nothing' && name !== undefined) demandNoMore([name], USAGE);
  const isAll =
    name === undefined ? takes === 'nothing' || takes === 'one or none' : name === 'all' && takes === 'one or all';
  if (isAll) return projections;
  if (name === undefined) throw new UsageError(USAGE);
  const projection = findProjection(name);
  if (projection === undefined)
    throw unknownWord('read model', name, { known: takes === 'one or all' ? [...NAMES, 'all'] : NAMES, usage: USAGE });
  return [projection];
};

/** What an operator can act on; anything else is explained where the configuration is known. */
const isExpected = (error: unknown): error is Error =>
  error instanceof RebuildInProgress ||
  error instanceof RebuildCancelled ||
  error instanceof NoSuchCopy ||
  error instanceof NoKey ||
  error instanceof CannotProject;

/** `projections <verb>`: what operators do with read models. */
export const projectionsCommand = async (args: readonly string[], print: Print): Promise<void> => {
  const { values, positionals } = flagsOf(args);
  const [word, name, ...rest] = positionals;
  if (word === undefined) throw new UsageError(USAGE);
  const verb = VERBS.get(word);
  if (verb === undefined) throw unknownWord('command', word, { known: [...VERBS.keys()], usage: USAGE });
  const [id] = word === 'repair' ? rest : [];
  demandNoMore(rest.slice(word === 'repair' ? 1 : 0), USAGE);
  const chosen = chosenBy(verb, name);
  const config = loadConfig();
  const dayOf = businessDayIn(config.businessTimeZone);
  const talk = { print, json: values.json ?? false, swaps: values['no-swap'] !== true, id };
  const failure = await withContainer(config, async (container) => {
    try {
      await verb.run({ ...container, dayOf }, chosen, talk);
      return undefined;
    } catch (error) {
      if (!isExpected(error)) throw error;
      return error;
    }
  });
  if (failure === undefined) return;
  throw new UsageError(failure.message + (failure instanceof NothingWaits ? ': start one with --no-swap' : ''));
};
