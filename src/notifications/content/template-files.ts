import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from '@sinclair/typebox/value';
import { ownFile } from '../../platform/own-files.ts';
import { MAIL_KINDS } from '../kinds.ts';
import { TemplateFailure } from './template-failure.ts';
import { phrasesSchema, type Phrases } from './phrases.ts';

export type TemplateFile = { readonly name: string; readonly path: string; readonly text: string };
export type TemplateFolder = {
  /** By language. `path`: the file that speaks last. */
  readonly words: ReadonlyMap<string, { readonly words: Phrases; readonly path: string }>;
  /** The merchant's after the shipped ones: the last of a name counts. */
  readonly files: readonly TemplateFile[];
};

const SHIPPED = fileURLToPath(ownFile('assets/messages/'));

const TEMPLATES = new Set(['message', ...MAIL_KINDS].flatMap((name) => [`${name}.text.liquid`, `${name}.html.liquid`]));
const WORDS = /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.json$/;

const languageOf = (name: string): string | undefined => WORDS.exec(name)?.[1];

const read = (folder: string): readonly TemplateFile[] => {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .toSorted()
      .map((name) => ({ name, path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new TemplateFailure(`MESSAGE_TEMPLATES_DIR ${folder} cannot be read (${code})`, { cause: error });
  }
};

const demandKnown = (files: readonly TemplateFile[]): void => {
  for (const { name, path } of files)
    if (!TEMPLATES.has(name) && languageOf(name) === undefined)
      throw new TemplateFailure(
        `${path} is no template. Known: a language such as fr.json, ${[...TEMPLATES].join(', ')}`,
      );
};

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = ({ path, text }: TemplateFile): Json => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch (error) {
    throw new TemplateFailure(`${path} is not JSON: ${(error as Error).message}`, { cause: error }); // JSON.parse throws errors
  }
  throw new TemplateFailure(`${path} is not a JSON object`);
};

/** What is said there wins, phrase by phrase. */
const overlay = (base: Json, change: Json): Json => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(change).map(([name, value]) => {
      const before = base[name];
      return [name, isObject(before) && isObject(value) ? overlay(before, value) : value];
    }),
  ),
});

const checked = (words: Json, path: string): Phrases => {
  if (Value.Check(phrasesSchema, words)) return words;
  const [wrong] = [...Value.Errors(phrasesSchema, words)];
  const where = wrong?.path.slice(1).replaceAll('/', '.') ?? '';
  throw new TemplateFailure(`${path}, ${where}: ${wrong?.message ?? 'is not as expected'}`);
};

type Said = { readonly said: Json; readonly path: string };

const languagesIn = (files: readonly TemplateFile[]): readonly (readonly [language: string, Said])[] =>
  files.flatMap((file) => {
    const language = languageOf(file.name);
    return language === undefined ? [] : [[language, { said: parse(file), path: file.path }] as const];
  });

/** What is shipped and what a folder has beside it: the folder wins, file by file and phrase by phrase. */
export const readTemplateFolder = (folder: string | undefined): TemplateFolder => {
  const shipped = read(SHIPPED);
  const own = folder === undefined ? [] : read(folder);
  demandKnown(own);
  const all = new Map(languagesIn(shipped));
  const english = all.get('en')?.said ?? {};
  for (const [language, { said, path }] of languagesIn(own))
    // A new language need not say everything: what is missing is said in English.
    all.set(language, { said: overlay(all.get(language)?.said ?? english, said), path });
  return {
    words: new Map([...all].map(([language, { said, path }]) => [language, { words: checked(said, path), path }])),
    files: [...shipped, ...own].filter(({ name }) => languageOf(name) === undefined),
  };
};
