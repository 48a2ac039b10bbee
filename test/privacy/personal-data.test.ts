import type { TSchema } from '@sinclair/typebox';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventSchemas } from '../../src/event-store/schemas/index.ts';
import { COLUMNS, EVENT_FIELDS, JOB_FIELDS, TABLES_CLEARED } from '../../src/privacy/personal-data.ts';
import { declarations } from '../../src/processes/registry.ts';
import { openTestDatabase } from '../support/database.ts';

type Schemas = Readonly<Record<string, TSchema>>;
/** What a schema may hold, as JSON Schema names it. */
type Parts = {
  readonly anyOf?: readonly TSchema[];
  readonly allOf?: readonly TSchema[];
  readonly properties?: Schemas;
  readonly patternProperties?: Schemas;
};

/** Calls `found` with the path of each text of any content in a schema: no constant, no id, no number. */
const findTexts = (schema: TSchema, found: (path: string) => void, path = ''): void => {
  if (path === 'personal') {
    found(path);
    return;
  }
  const { anyOf, allOf, properties = {}, patternProperties = {} } = schema as Parts;
  const parts = anyOf ?? allOf ?? [];
  for (const part of parts) findTexts(part, found, path);
  const inner = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (schema['type'] === 'array') findTexts(schema['items'] as TSchema, found, `${path}[]`);
  for (const [name, property] of Object.entries(properties)) findTexts(property, found, inner(name));
  for (const property of Object.values(patternProperties)) findTexts(property, found, inner('*'));
  const isFree = schema['type'] === 'string' && schema['pattern'] === undefined && schema['const'] === undefined;
  const isAnything = schema['type'] === undefined && parts.length === 0 && schema['const'] === undefined;
  if (isFree || isAnything) found(path);
};

const test = suite('the map of personal data');

test('every text field of every event is named, and no other', () => {
  const named = new Set<string>();
  const unnamed: string[] = [];
  for (const [type, { data }] of Object.entries(eventSchemas))
    findTexts(data, (path) => {
      const known = [`${type}.${path}`, path].find((name) => name in EVENT_FIELDS);
      if (known === undefined) unnamed.push(`${type}.${path}`);
      else named.add(known);
    });
  assert.equal(unnamed, [], 'say in src/privacy/personal-data.ts what becomes of these in an erasure');
  assert.ok(named.size > 20);
  // `ship_country` is a pattern of two letters, and says something about a person all the same.
  assert.equal(
    Object.keys(EVENT_FIELDS).filter((name) => !named.has(name)),
    ['ship_country'],
  );
});

test('every column that can hold text is named, and no other', async () => {
  const database = await openTestDatabase();
  try {
    const { rows } = await database.db.raw<{ rows: readonly { name: string; table: string }[] }>(
      `select c.table_name || '.' || c.column_name as name, c.table_name as table
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
         and c.data_type in ('text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character varying')`,
    );
    const names = rows.map(({ name }) => name);
    assert.ok(names.length > 100);
    assert.equal(
      names.filter((name) => !(name in COLUMNS)).toSorted(),
      [],
      'name them in src/privacy/personal-data.ts',
    );
    assert.equal(
      Object.keys(COLUMNS).filter((name) => !names.includes(name) && !name.startsWith('rate_limits.')),
      [],
    );
    for (const [table, { by, replace = {} }] of Object.entries(TABLES_CLEARED)) {
      const { rows: found } = await database.db.raw<{ rows: readonly { column_name: string }[] }>(
        `select column_name from information_schema.columns where table_name = ?`,
        [table],
      );
      const columns = found.map(({ column_name }) => column_name);
      for (const column of [by, ...Object.keys(replace)]) assert.ok(columns.includes(column), `${table}.${column}`);
    }
  } finally {
    await database.close();
  }
});

test('a table with a column to delete or blank is one that an erasure clears', () => {
  const beside = new Set(['order_search', 'data_keys']); // folded again; the key itself
  const wanted = Object.entries(COLUMNS).flatMap(([name, { erase }]) =>
    erase === 'delete' || erase === 'replace' ? [name.split('.')[0] ?? ''] : [],
  );
  assert.equal(
    [...new Set(wanted)].filter((table) => !beside.has(table) && !(table in TABLES_CLEARED)),
    [],
  );
});

test('every text in the payload of every job is named', () => {
  const unnamed: string[] = [];
  for (const { name, payload } of declarations)
    findTexts(payload, (path) => {
      if (!(path in JOB_FIELDS)) unnamed.push(`${name}: ${path}`);
    });
  assert.equal(unnamed, []);
});

test.run();
