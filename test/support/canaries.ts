import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { isReadableIn } from './readable-forms.ts';

const drawFrom = (letters: string, count: number): string =>
  Array.from(randomBytes(count), (byte) => letters[byte % letters.length] ?? '').join('');

/**
 * What a test plants where a person may be named: words that are nowhere else, each of one field, and a way to look for
 * them. To look for all of them is to look for the marks with which they begin.
 */
export const createCanaries = () => {
  const planted = new Map<string, string>();
  const MARK = `kanari${randomBytes(4).toString('hex')}`;
  /** The same in other alphabets, without a letter of ASCII. */
  const UMLAUTS = drawFrom('äöüßéñ', 12);
  const CHINESE = drawFrom('王小明李華陳美玲張偉林雅婷黃建宏', 6);
  const MARKS = [MARK, UMLAUTS, CHINESE];
  const LAST = { [MARK]: '0123456789', [UMLAUTS]: 'àèìòùâêîôû', [CHINESE]: '甲乙丙丁戊己庚辛壬癸' };
  const canary = (field: string, mark = MARK): string => {
    const digits = String(planted.size).padStart(4, '0');
    const word = mark + digits.replaceAll(/\d/g, (digit) => LAST[mark]?.[Number(digit)] ?? digit);
    planted.set(word, field);
    return word;
  };
  const inOtherAlphabets = (field: string): string =>
    `${canary(`${field} with umlauts`, UMLAUTS)} ${canary(`${field} in Chinese`, CHINESE)}`;
  /** A place on earth that is nowhere else. */
  const coordinate = (field: string): number => {
    const degrees = Number(`12.${String(randomBytes(4).readUInt32BE()).padStart(10, '7').slice(0, 9)}1`);
    planted.set(String(degrees), field);
    return degrees;
  };
  const address = (field: string) => ({
    recipient_name: canary(`${field}.recipient_name`),
    street: canary(`${field}.street`),
    city: canary(`${field}.city`),
    state: canary(`${field}.state`),
    zip_code: canary(`${field}.zip_code`),
    country: 'IN',
    phone: canary(`${field}.phone`),
  });
  const meta = (field: string) => ({ [canary(`${field} name`)]: { deep: [canary(`${field} value`)] } });

  /** Which fields can be read in these bytes. */
  const fieldsIn = (bytes: Buffer): readonly string[] => {
    const marks = MARKS.filter((mark) => isReadableIn(bytes, mark));
    return [...planted].flatMap(([word, field]) =>
      marks.some((mark) => word.startsWith(mark)) && isReadableIn(bytes, word) ? [field] : [],
    );
  };

  /** Which coordinates: in a file numbers have other forms, and lie where their columns do. */
  const placesIn = (bytes: Buffer): readonly string[] =>
    [...planted].flatMap(([word, field]) =>
      !MARKS.some((mark) => word.startsWith(mark)) && bytes.includes(word) ? [field] : [],
    );

  /** Which fields can be read in this text as they were planted: faster, to see that something is there. */
  const wordsIn = (text: string): ReadonlySet<string> =>
    new Set([...planted].flatMap(([word, field]) => (text.includes(word) ? [field] : [])));

  return { wordsIn, planted, canary, inOtherAlphabets, coordinate, address, meta, fieldsIn, placesIn };
};

export type Canaries = ReturnType<typeof createCanaries>;

/** Every value of every table, byte columns as their bytes. */
export const dump = async (client: Client): Promise<ReadonlyMap<string, Buffer>> => {
  const tables = await client.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const dumped = new Map<string, Buffer>();
  for (const { name } of tables.rows) {
    const { rows, fields } = await client.query<unknown[]>({ text: `select * from ${name}`, rowMode: 'array' });
    for (const [n, field] of fields.entries()) {
      const values = rows.map((row) => (Buffer.isBuffer(row[n]) ? row[n] : Buffer.from(JSON.stringify(row[n]))));
      dumped.set(`${name}.${field.name}`, Buffer.concat(values.flatMap((value) => [value, Buffer.from('\n')])));
    }
  }
  return dumped;
};

/** The files of PostgreSQL that hold the database, and its write-ahead log: what was deleted may still be there. */
export const databaseFiles = async (client: Client, begun: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ folder: string; oid: number; wal: string; last: string }>(
    `select current_setting('data_directory') as folder, oid, pg_walfile_name($1) as wal,
       pg_walfile_name(pg_current_wal_lsn()) as last
     from pg_database where datname = current_database()`,
    [begun],
  );
  const [found] = rows;
  if (found === undefined) throw new Error('PostgreSQL names no folder of this database');
  const { folder, oid, wal, last } = found;
  const tables = await readdir(join(folder, 'base', String(oid)));
  const written = (await readdir(join(folder, 'pg_wal'))).filter((name) => name >= wal && name <= last);
  return [
    ...tables.map((name) => join(folder, 'base', String(oid), name)),
    ...written.map((name) => join(folder, 'pg_wal', name)),
  ];
};
