import * as assert from 'uvu/assert';
import type { StoredEvent } from '../../../src/event-store/port.ts';
import { orderStream } from '../../../src/event-store/stream-names.ts';
import { accepted, type Acknowledged } from './client.ts';
import { codec } from './world.ts';

/** What was answered is what is stored, also when two asked. */
export const answersAreTrue = async (
  log: ReadonlyMap<string, readonly StoredEvent[]>,
  answers: readonly Acknowledged[],
): Promise<void> => {
  for (const answer of answers) {
    const stored = await codec.decode(log.get(orderStream(answer.outcome.id)) ?? []);
    for (const event of accepted(answer)) {
      const { fact, metadata } = stored[Number(event.revision)] ?? {};
      assert.equal(
        { fact: event.fact, hash: event.metadata.hash },
        { fact, hash: metadata?.hash },
        'the answer is what is stored',
      );
    }
  }
};
