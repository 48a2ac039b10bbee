import { Liquid, type Template } from 'liquidjs';
import { MAIL_KINDS, type MailKind } from '../kinds.ts';
import { readTemplateFolder, type TemplateFile } from './template-files.ts';
import { sampleViews } from './sample-views.ts';
import { TemplateFailure } from './template-failure.ts';
import type { View } from './view.ts';
import type { Phrases } from './phrases.ts';

export type Rendered = { readonly subject: string; readonly text: string; readonly html: string };

export type Templates = {
  /** The language to write in: the one asked for (BCP 47), its main language, else the shop's. */
  readonly languageFor: (locale: string | null) => string;
  readonly words: (language: string) => Phrases;
  /** @throws TemplateFailure */
  readonly subject: (view: View) => string;
  /** @throws TemplateFailure */
  readonly render: (view: View) => Rendered;
};

type MessagePhrases = Readonly<Record<'subject' | 'heading' | 'greeting', Phrase>> & {
  readonly closing: Phrase;
  readonly paragraphs: readonly Phrase[];
};
type Phrase = (scope: object) => string;

const options = { strictVariables: true, strictFilters: true, ownPropertyOnly: true, templates: {} } as const;
const PLAIN = new Liquid(options);
/** In HTML whatever a template puts out is escaped, unless it says `raw`. */
const HTML = new Liquid({ ...options, outputEscape: 'escape' });

const why = (error: unknown): string => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));

const compile = (engine: Liquid, where: string, source: string): Phrase => {
  const failing = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new TemplateFailure(`${where}: ${why(error)}`, { cause: error });
    }
  };
  const parsed: Template[] = failing(() => engine.parse(source));
  return (scope) => failing(() => String(engine.renderSync(parsed, scope)));
};

const phrasesOf = (kind: MailKind, words: Phrases, file: string): MessagePhrases => {
  const { greeting, closing, messages } = words;
  const { subject, heading, paragraphs } = messages[kind];
  const phrase = (where: string, source: string): Phrase => compile(PLAIN, `${file}, ${where}`, source);
  return {
    greeting: phrase('greeting', greeting),
    closing: phrase('closing', closing),
    subject: phrase(`messages.${kind}.subject`, subject),
    heading: phrase(`messages.${kind}.heading`, heading),
    paragraphs: paragraphs.map((source, index) => phrase(`messages.${kind}.paragraphs[${index}]`, source)),
  };
};

const compileAll = (files: readonly TemplateFile[], ending: 'text' | 'html'): ((kind: MailKind) => Phrase) => {
  const engine = ending === 'html' ? HTML : PLAIN;
  const compiled = new Map(
    files
      .filter(({ name }) => name.endsWith(`.${ending}.liquid`))
      .map(({ name, path, text }) => [name, compile(engine, path, text)]),
  );
  return (kind) => {
    const found = compiled.get(`${kind}.${ending}.liquid`) ?? compiled.get(`message.${ending}.liquid`);
    if (found === undefined) throw new TemplateFailure(`message.${ending}.liquid is missing`);
    return found;
  };
};

/** Every kind in every language, with much and with little to say: what fails here would fail a customer. */
const tryOut = (languages: readonly string[], templates: Templates): void => {
  for (const language of languages)
    for (const kind of MAIL_KINDS)
      for (const view of sampleViews(kind, language, templates.words(language))) templates.render(view);
};

/**
 * The shipped templates and words, and what a folder has instead of them.
 * @throws TemplateFailure when anything in the folder cannot be used
 */
export const loadTemplates = (options: {
  /** The merchant's own. Undefined: none. */
  readonly folder: string | undefined;
  /** The shop's language, used when there are no texts in the customer's. */
  readonly language: string;
}): Templates => {
  const { words, files } = readTemplateFolder(options.folder);
  const textOf = compileAll(files, 'text');
  const htmlOf = compileAll(files, 'html');
  const phrases = new Map<string, MessagePhrases>();

  const wordsIn = (language: string) => {
    const found = words.get(language);
    if (found === undefined) throw new TemplateFailure(`there is no ${language}.json`);
    return found;
  };
  const phrasesFor = ({ language, kind }: View): MessagePhrases => {
    const key = `${language}/${kind}`;
    const known = phrases.get(key);
    if (known !== undefined) return known;
    const { words: said, path } = wordsIn(language);
    const made = phrasesOf(kind, said, path);
    phrases.set(key, made);
    return made;
  };
  wordsIn(options.language);

  const templates: Templates = {
    languageFor: (locale) => {
      const wanted = locale?.toLowerCase() ?? '';
      const [main = ''] = wanted.split('-');
      return (
        [...words.keys()].find((one) => one.toLowerCase() === wanted) ?? (words.has(main) ? main : options.language)
      );
    },
    words: (language) => wordsIn(language).words,
    subject: (view) => phrasesFor(view).subject(view),
    render: (view) => {
      const { subject, heading, greeting, paragraphs, closing } = phrasesFor(view);
      const scope = {
        ...view,
        subject: subject(view),
        heading: heading(view),
        greeting: greeting(view),
        paragraphs: paragraphs.map((paragraph) => paragraph(view).trim()).filter((paragraph) => paragraph !== ''),
        closing: closing(view).split('\n'),
      };
      return { subject: scope.subject, text: textOf(view.kind)(scope), html: htmlOf(view.kind)(scope) };
    },
  };
  if (options.folder !== undefined) tryOut([...words.keys()], templates);
  return templates;
};
