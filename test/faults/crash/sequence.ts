import fc from 'fast-check';
import { runClient, WISHES, type Acknowledged, type Intention } from './client.ts';
import { createDice } from '../../support/random.ts';
import { follow, projectAll, reactOnce, workOnce, type Round } from './followers.ts';
import { checkInvariants } from './invariants.ts';
import { createLife, type Step, type Tally } from './life.ts';
import { createTurns } from './turns.ts';
import { createWorld, type World } from './world.ts';

/** What clients want, and what decides who moves when and who dies where. */
export type Sequence = {
  readonly scripts: readonly (readonly Intention[])[];
  readonly chance: number;
  /** Percent of steps. */
  readonly death: number;
  readonly loss: number;
};

const intention = fc.record({
  wish: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...WISHES) },
    { weight: 2, arbitrary: fc.constant('advance' as const) },
  ),
  nth: fc.nat({ max: 99 }),
  times: fc.constantFrom(1 as const, 1 as const, 2 as const),
});

export const anySequence: fc.Arbitrary<Sequence> = fc.record({
  scripts: fc.array(fc.array(intention, { minLength: 1, maxLength: 14, size: 'max' }), {
    minLength: 1,
    maxLength: 3,
    size: 'max',
  }),
  chance: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  death: fc.integer({ min: 0, max: 12 }),
  loss: fc.integer({ min: 0, max: 8 }),
});

const FOLLOWERS: readonly Round[] = [reactOnce, reactOnce, projectAll, projectAll, workOnce, workOnce];

const isAtRest = async ({ store, follower, queue, tables }: World): Promise<boolean> => {
  const head = await store.head();
  return (
    follower.position >= head && queue.isEmpty() && [...tables.values()].every((table) => table.position() >= head)
  );
};

/** Plays a sequence to its end, two processes of each kind, and checks what is left. */
export const playSequence = async (
  { scripts, chance, death, loss }: Sequence,
  { tally, isFenced = true }: { readonly tally: Tally; readonly isFenced?: boolean },
): Promise<void> => {
  const world = createWorld({ isFenced });
  const dice = createDice(chance);
  const turns = createTurns(dice);
  const faults = { death: death / 100, loss: loss / 100 };
  const start = (): Step => createLife({ turns, dice, faults, tally });

  const answers: Acknowledged[] = [];
  let busy = scripts.length;
  const client = async (script: readonly Intention[]): Promise<void> => {
    await runClient(world, { start, playAll: turns.playAll }, { script, answers });
    busy -= 1;
  };
  const isDone = async (): Promise<boolean> => busy === 0 && (await isAtRest(world));

  await Promise.all([
    ...scripts.map((script) => turns.play(() => client(script))),
    ...FOLLOWERS.map((round) => turns.play(() => follow(world, { start, dice, round, isDone }))),
  ]);
  tally.parcels += await checkInvariants(world, answers);
  tally.orders += world.numbers.size;
  tally.invoices += world.files.size;
};
