import type { Knex } from 'knex';

/** Identifies an import: its source, and the content of the file. */
export type ImportRun = { readonly source: string; readonly file_sha256: string };

/** Records the progress of an import, so that it can continue after an interruption. */
export type ImportRuns = {
  /** All orders of the file up to this one were written. */
  readonly done: (run: ImportRun) => Promise<number>;
  readonly note: (run: ImportRun, orders_done: number) => Promise<void>;
};

export const openImportRuns = (db: Knex): ImportRuns => ({
  done: async (run) => {
    const row = await db<{ orders_done: string }>('import_runs').where(run).first('orders_done');
    return Number(row?.orders_done ?? 0);
  },
  note: async (run, orders_done) => {
    await db('import_runs')
      .insert({ ...run, orders_done })
      .onConflict(['source', 'file_sha256'])
      .merge({ orders_done, updated_at: db.fn.now() });
  },
});
