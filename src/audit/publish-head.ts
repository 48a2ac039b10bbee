import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import { v5 as uuidv5 } from 'uuid';
import { enqueueJobs } from '../jobs/queue.ts';
import { ManualInterventionRequired } from '../jobs/manual-intervention-required.ts';
import { defineTask } from '../jobs/task.ts';
import { subtreesOf } from './formats/tiles.ts';
import { readHead, readSignedBy, addSignatures, readEpoch } from './heads.ts';
import { openTiles } from './log-tree.ts';
import { addCheckpoint, WitnessAhead, type AskWitness, type Witness } from './witness.ts';

export type PublishHeadDeps = {
  readonly db: Knex;
  readonly witnesses: readonly Witness[];
  readonly askWitness: AskWitness;
  /** Ids of the webhooks that are told of heads. */
  readonly headWebhooks: () => Promise<readonly string[]>;
};

const MESSAGE_IDS = '0f6d5c0e-51f7-5d0b-9a0e-6f5f5b0a7c31';

/** Gives the newest head to everyone who keeps heads: a job for each, so that one that does not answer delays no other. */
export const publishHeadTask = defineTask({
  name: 'publish-head',
  payload: Type.Object({}),
  run: async (_, { db, witnesses, headWebhooks }: PublishHeadDeps) => {
    const head = await readHead(db);
    if (head === undefined) return;
    const message = { id: uuidv5(head.note, MESSAGE_IDS), size: head.size, note: head.note, at: head.madeAt.getTime() };
    const webhooks = await headWebhooks();
    await enqueueJobs(db, [
      ...witnesses.map(({ verifier: { vkey } }) => ({
        task: 'witness-head' as const,
        payload: { vkey },
        key: `witness-head:${vkey}`,
      })),
      ...webhooks.map((webhook_id) => ({
        task: 'send-head' as const,
        payload: { webhook_id, ...message },
        key: `send-head:${webhook_id}`,
      })),
    ]);
  },
});

/** Gives the newest head to one witness and keeps its signature with the head. */
export const witnessHeadTask = defineTask({
  name: 'witness-head',
  payload: Type.Object({ vkey: Type.String() }),
  about: ({ vkey }) => vkey,
  run: async ({ vkey }, { db, witnesses, askWitness }: PublishHeadDeps) => {
    const witness = witnesses.find(({ verifier }) => verifier.vkey === vkey);
    const [epoch, head] = [await readEpoch(db), await readHead(db)];
    if (witness === undefined || epoch === undefined || head === undefined) return;
    const seen = await readSignedBy(db, epoch.epoch, witness.verifier.name);
    if (seen === head.size) return;
    const asking = { read: subtreesOf(openTiles(db)), ask: askWitness };
    const lines = await addCheckpoint(witness, head, seen, asking).catch((error: unknown) => {
      throw error instanceof WitnessAhead ? new ManualInterventionRequired(error.message) : error;
    });
    await addSignatures(db, epoch.epoch, head.size, lines);
  },
});
