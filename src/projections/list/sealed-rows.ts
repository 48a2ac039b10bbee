import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { Page } from './pager.ts';

/** Reads rows whose personal data is sealed, and opens it. */
export type RowReader = { readonly db: Knex; readonly codec: Pick<Codec, 'openPersonal'> };

/** The page with its personal data opened: the keys of all its rows are asked for at once. */
export const openPage = async <Row>({ codec }: RowReader, page: Page<Row>): Promise<Page<Row>> => ({
  ...page,
  rows: await codec.openPersonal(page.rows),
});
