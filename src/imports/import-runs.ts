import type { Knex } from 'knex';

/** Which import it is: whose orders, and the content of the file. */
export type ImportRun = { readonly source: string; readonly file_sha256: string };

/** Remembers how far an import has got, so that one that was interrupted goes on from there. */
export type ImportRuns = {
  /** Orders of the file that were written, all of them up to this one. */
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
