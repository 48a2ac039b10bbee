/**
 * `npm run check:platform`: `src/platform` names no business table and no business word. Import rules cannot see either.
 * Run in the repository's root.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PLATFORM = 'src/platform';

/** Tables that any backend could have. Every other table of `migrations/` is the business's. */
const TECHNICAL_TABLES: ReadonlySet<string> = new Set([
  'api_keys',
  'data_keys',
  'idempotency_keys',
  'key_drops',
  'key_holders',
  'keys_made',
  'master_key_canary',
  'missing_keys',
  'rate_limits',
  'search_key',
  'search_key_made',
]);

/** In comments as well. `order` alone is left out: things come in an order. */
const BUSINESS_WORDS =
  /\b(?:orders|order_\w+|(?:\w+_)?(?:cart|catalogue|checkout|courier|customer|invoice|payment|product|refund|webhook)s?(?:_\w+)?)\b/gi;

const migrationTables = async (): Promise<readonly string[]> => {
  const files = await readdir('migrations');
  const texts = await Promise.all(files.map((file) => readFile(join('migrations', file), 'utf8')));
  const created = texts.flatMap((text) => [
    ...text.matchAll(/\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?([a-z_]+)/gi),
  ]);
  return created.map(([, name = '']) => name).filter((name) => !TECHNICAL_TABLES.has(name));
};

/** A table's name where knex or SQL expects one: many are ordinary words elsewhere. */
const tablePattern = (tables: readonly string[]): RegExp =>
  new RegExp(`(?:\\b(?:from|into|update|join|table)\\s+|['"\`])(?:${tables.join('|')})(?=$|[^\\w./])`, 'gim');

const tables = tablePattern(await migrationTables());
const files = (await readdir(PLATFORM, { recursive: true })).filter((file) => file.endsWith('.ts'));
const findings: string[] = [];
for (const file of files.map((name) => join(PLATFORM, name)).sort())
  for (const [index, line] of (await readFile(file, 'utf8')).split('\n').entries())
    for (const [word] of [...line.matchAll(tables), ...line.matchAll(BUSINESS_WORDS)])
      findings.push(`${file}:${index + 1}: ${word.trim()}`);

if (findings.length > 0) {
  console.error(`src/platform knows no business. Move these to the room they belong to:\n${findings.join('\n')}`);
  process.exitCode = 1;
}
