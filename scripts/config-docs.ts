import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { VARIABLES, type Variable } from '../src/config/variables.ts';

/** The table of variables in `docs/operations.md`, from the table that the code reads them by. */
export const OPERATIONS_FILE = fileURLToPath(new URL('../docs/operations.md', import.meta.url));

const BEGIN = '<!-- variables: made by `npm run docs`, do not edit -->\n';
const END = '<!-- /variables -->';

const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
const cell = (text: string): string => text.replaceAll('|', '\\|');

const row = ([name, { default: value = '', doc, parser }]: [string, Variable]): string =>
  `| ${[code(name), code(value), doc, parser.expected].map(cell).join(' | ')} |`;

const renderVariables = (): string =>
  [
    '| variable | default | meaning | expected |',
    '| --- | --- | --- | --- |',
    ...Object.entries<Variable>(VARIABLES).map(row),
  ].join('\n');

/** The text with an up-to-date table. */
export const withVariables = (text: string): string => {
  const [before, rest = ''] = text.split(BEGIN);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/operations.md has lost the marks of its table`);
  return `${before}${BEGIN}\n${renderVariables()}\n\n${END}${after}`;
};

export const readOperations = (): Promise<string> => readFile(OPERATIONS_FILE, 'utf8');

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(OPERATIONS_FILE, withVariables(await readOperations()));
