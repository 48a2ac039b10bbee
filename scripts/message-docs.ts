import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'oxfmt';
import { loadTemplates } from '../src/notifications/content/templates.ts';
import { MESSAGES_OF } from '../src/notifications/triggers.ts';
import { MAIL_KINDS } from '../src/notifications/kinds.ts';

/** `docs/messages.md`: the messages to customers; the table between the marks is made from the code. */
const FILE = fileURLToPath(new URL('../docs/messages.md', import.meta.url));
const BEGIN = '<!-- table: made by `npm run docs`, do not edit -->';
const END = '<!-- end of table -->';

const eventsOf = (kind: string): string =>
  [...MESSAGES_OF]
    .filter(([, kinds]) => kinds.some((one) => one === kind))
    .map(([event]) => `\`${event}\``)
    .join(', ');

const table = (): string => {
  const { messages } = loadTemplates({ folder: undefined, language: 'en' }).words('en');
  const rows = MAIL_KINDS.map((kind) => `| \`${kind}\` | ${messages[kind].subject} | ${eventsOf(kind)} |`);
  return ['| kind | subject | when |', '| --- | --- | --- |', ...rows].join('\n');
};

export const readMessageDocs = async (): Promise<string> => readFile(FILE, 'utf8');

export const renderMessageDocs = async (): Promise<string> => {
  const text = await readMessageDocs();
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${FILE} has lost its marks`);
  const made = `${before}${BEGIN}\n\n${table()}\n\n${END}${after}`;
  return (await format(FILE, made, { printWidth: 120 })).code;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(FILE, await renderMessageDocs());
