import { Type } from '@sinclair/typebox';
import { task, type Task } from '../../jobs/task.ts';

/** Forgets words that no order has any more. */
export const tidySearchWordsTask = (tidy: () => Promise<void>): Task =>
  task('tidy-search-words', Type.Object({}), tidy);
