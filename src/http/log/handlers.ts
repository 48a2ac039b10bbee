import { match, P } from 'ts-pattern';
import { parseTileLevel, parseTilePath, TILE_WIDTH, type LogReader } from '../../audit/index.ts';
import { invalid, notFound, problem, type Problem } from '../server/problem.ts';
import { bind, openToAll, type Bound, type Reply } from '../server/route.ts';
import { logSpecs } from './routes.ts';

export type LogDeps = {
  readonly log: LogReader;
  /** Whether anyone may read it. */
  readonly isPublic: boolean;
};

const TEXT = 'text/plain; charset=utf-8';

const noHeadYet = (): Problem =>
  problem(
    'log.no_head_yet',
    'No signed head of the log covers this yet. A head is signed at the end of each business day, and by `npm run log -- head`.',
  );

const text = (content: string): Reply => ({ status: 200, content, headers: { 'Content-Type': TEXT } });

/** Tiles never change once a head covers them. Shared caches keep only what anyone may read. */
const tileHeaders = (isPublic: boolean) => ({
  'Content-Type': 'application/octet-stream',
  'Cache-Control': `${isPublic ? 'public' : 'private'}, max-age=31536000, immutable`,
});

export const bindLog = ({ log, isPublic }: LogDeps): Bound<typeof logSpecs> => {
  const demandHead = async () => {
    const head = await log.head();
    if (head === undefined) throw noHeadYet();
    return head;
  };

  const tile = async (level: string, path: string): Promise<Reply> => {
    await demandHead();
    const name = parseTilePath(path);
    const atLevel = parseTileLevel(level);
    if (name === undefined || (atLevel === undefined && level !== 'entries')) throw notFound('tile');
    const bytes = await (atLevel === undefined ? log.entries(name) : log.tile({ ...name, level: atLevel }));
    // A full tile that the newest head does not fill yet: its partial ones are served.
    if (bytes === undefined) throw name.width === TILE_WIDTH ? noHeadYet() : notFound('tile');
    return { status: 200, content: Buffer.from(bytes), headers: tileHeaders(isPublic) };
  };

  const bound = bind(logSpecs, {
    getLogCheckpoint: { handle: async () => text((await demandHead()).note) },
    getLogKeys: { handle: async () => text((await log.keys()).map((key) => `${key}\n`).join('')) },
    getLogProof: {
      handle: async ({ query: { stream, revision } }) => {
        await demandHead();
        const answer = await log.proof(stream, BigInt(revision));
        return match(answer)
          .with('unknown', (): Reply => {
            throw notFound('event');
          })
          .with('no_head_yet', (): Reply => {
            throw noHeadYet();
          })
          .with('contradicted', (): Reply => {
            throw problem('log.contradicted', 'The log differs from its record. Run `npm run verify`.');
          })
          .with({ proof: P.string }, ({ proof }) => text(proof))
          .exhaustive();
      },
    },
    getLogConsistency: {
      handle: async ({ query: { from, to } }) => {
        await demandHead();
        if (from > to) throw invalid([{ field: 'from', message: 'must be at most `to`', received: from }]);
        const proof = await log.consistency(from, to);
        if (proof === 'no_head_yet') throw noHeadYet();
        return { status: 200, body: proof };
      },
    },
    getLogTile: { handle: ({ params: { level, index } }) => tile(level, index) },
    getLogTileOfThousand: { handle: ({ params: { level, group, index } }) => tile(level, `${group}/${index}`) },
    getLogTileOfMillion: {
      handle: ({ params: { level, million, group, index } }) => tile(level, `${million}/${group}/${index}`),
    },
  });
  return isPublic ? openToAll(bound) : bound;
};
