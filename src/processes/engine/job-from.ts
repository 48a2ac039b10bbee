import { streamId } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { JobRequest } from '../../jobs/queue.ts';

/** The job of a policy task: it finds its event by stream and revision. */
export const jobFrom =
  (task: string) =>
  ({ stream, revision, id }: Recorded): JobRequest => ({
    task,
    payload: { stream, revision: String(revision) },
    key: `${task}:${id}`,
  });

/** The same where only the latest event of a stream counts: at most one such job waits for each. */
export const latestJobFrom =
  (task: string) =>
  (recorded: Recorded): JobRequest => ({ ...jobFrom(task)(recorded), key: `${task}:${streamId(recorded.stream)}` });
