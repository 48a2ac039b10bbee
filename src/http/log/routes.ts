import { defineSpecs } from '../server/spec.ts';
import { consistencyQuery, consistencyResponse, proofQuery, tileParams } from './schemas.ts';

const reading = { methods: ['GET'], tag: 'Log', permission: { admin: 'any', auditor: 'any' } } as const;
const TEXT = 'text/plain; charset=utf-8';
const PUBLIC = 'With `LOG_PUBLIC=true` anyone may read it.';

const tile = {
  ...reading,
  description: `Tiles and entries in the format of C2SP tlog-tiles, up to the newest head. ${PUBLIC}`,
  rejects: [409],
  answers: {
    200: { description: 'Hashes, or entries with their lengths.', contentType: 'application/octet-stream' },
  },
} as const;

/** What others need to check the log: see docs/audit.md. */
export const logSpecs = defineSpecs({
  getLogCheckpoint: {
    ...reading,
    path: '/log/checkpoint',
    summary: 'Get the newest signed head of the log',
    description: `A C2SP tlog-checkpoint. ${PUBLIC}`,
    rejects: [409],
    answers: { 200: { description: 'Origin, size, root and signatures.', contentType: TEXT } },
  },
  getLogKeys: {
    ...reading,
    path: '/log/keys',
    summary: 'Get the public keys of the log',
    description: `Verifier keys in the format of C2SP signed-note, one per line. ${PUBLIC}`,
    answers: { 200: { description: 'The keys, oldest first.', contentType: TEXT } },
  },
  getLogProof: {
    ...reading,
    path: '/log/proof',
    summary: 'Prove that an event is in the log',
    description: `A C2SP tlog-proof against the newest head. Its entry is the 32-byte hash of the event. ${PUBLIC}`,
    query: proofQuery,
    rejects: [404, 409],
    answers: { 200: { description: 'Index, hashes and the signed head.', contentType: TEXT } },
  },
  getLogConsistency: {
    ...reading,
    path: '/log/consistency',
    summary: 'Prove that the log only grew between two sizes',
    description: `A consistency proof of RFC 6962, section 2.1.2. ${PUBLIC}`,
    query: consistencyQuery,
    rejects: [409],
    answers: {
      200: {
        description: 'The proof.',
        body: consistencyResponse,
        example: { from: 6, to: 8, hashes: ['CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='] },
      },
    },
  },
  getLogTile: { ...tile, path: '/log/tile/:level/:index', summary: 'Get a tile of the log', params: tileParams.one },
  getLogTileOfThousand: {
    ...tile,
    path: '/log/tile/:level/:group/:index',
    summary: 'Get a tile of the log with a longer path',
    params: tileParams.two,
  },
  getLogTileOfMillion: {
    ...tile,
    path: '/log/tile/:level/:million/:group/:index',
    summary: 'Get a tile of the log with the longest path',
    params: tileParams.three,
  },
});
