import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('words');
const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Words that were replaced, and the word to use. */
const RETIRED: readonly (readonly [word: RegExp, use: string])[] = [
  [/^(whoever|nobody|somebody|anybody|whom)$/, 'the role or thing that is meant'],
  [/^mend(s|ed|ing)?$/, 'fix'],
  [/^insist(s|ed|ing)?$/, 'require; handleOrThrow'],
  [/^(quietly|patiently)$/, 'tryEagerly; withRetries'],
  [/^(patience|patient|impatient)$/, 'timeout, retry schedule'],
  [/^forgiv(e|es|en|ing)$/, 'optional; tolerant'],
  [/^bells?$/, 'signal'],
  [/^conceded$/, 'credited'],
  [/^excess$/, 'overpayment'],
  [/^reactors?$/, 'process'],
  [/^refus(al|als|e|es|ed|ing)$/, 'rejection, reject'],
];

/** Names that were replaced, although their words are fine elsewhere. */
const RETIRED_NAMES: readonly (readonly [name: RegExp, use: string])[] = [
  [/^(tellCustomers|tellOrder)$/, 'notifyCustomers, sendToOrder'],
  [/^(Told|Place|decodePlace)$/, 'StreamMessage; Coordinates, StreamRef; decodeOffset'],
  [/^honoursKeys$/, 'supportsIdempotency'],
  [/^[Ss]tanding$/, 'ActionContext; endpointState'],
  [/^(gatewayAsks?|askGatewayOnce)$/, 'gatewayAttempts, callGatewayOnce'],
  [/^(Parked|QueueTurns|queueTurns|deadWorkers)$/, 'ManualInterventionRequired, orderedQueue, workerLiveness'],
  [/^(orderNews|positionNews|unitsOut|isUnderWay)$/, 'orderFeed, positionPoller, retainedUnits, isInDelivery'],
  [/^MoneyPolic(y|ies)$/, 'PaymentProcess'],
  [/^process$/, 'another name: it hides the global of Node'],
];

/** Phrases that a reader of English as a second language has to look up. */
const RETIRED_PHRASES: readonly (readonly [phrase: RegExp, use: string])[] = [
  [/\bunder fire\b/i, 'fault injection, under load'],
  [/\bslips? of the finger\b/i, 'typo'],
  [/\bas the crow flies\b/i, 'straight-line distance'],
  [/\bless right\b/i, 'lower priority'],
  [/\bunder way\b/i, 'in progress, in delivery'],
];

type Found = { readonly where: string; readonly word: string; readonly use: string };

const git = promisify(execFile);
const filesOf = async (...paths: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await git('git', ['ls-files', '-z', '--', ...paths], { cwd: repository });
  return stdout.split('\0').filter((name) => name !== '');
};

/** The words of a text, names in camelCase, snake_case and kebab-case taken apart. */
const wordsIn = (text: string): readonly string[] =>
  text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/\p{L}+/gu) ?? [];

const retiredIn = (text: string, where: string): readonly Found[] => [
  ...wordsIn(text).flatMap((word) =>
    RETIRED.filter(([retired]) => retired.test(word)).map(([, use]) => ({ where, word, use })),
  ),
  ...RETIRED_PHRASES.filter(([phrase]) => phrase.test(text)).map(([{ source: word }, use]) => ({ where, word, use })),
];

const DECLARED = /\b(?:const|let|type|class|function)\s+(\w+)/g;
const retiredNamesIn = (code: string, where: string): readonly Found[] =>
  [...code.matchAll(DECLARED)].flatMap(([, word = '']) =>
    RETIRED_NAMES.filter(([retired]) => retired.test(word)).map(([, use]) => ({ where, word, use })),
  );

/** Prose of a page: code and addresses are names, and names may be published. */
const proseOf = (markdown: string): string =>
  markdown
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']');

/** Values and snake_case names within a text, above all in SQL: they may be stored or published. */
const STORED = /'[a-z_]+'|\b[a-z]+(?:_[a-z]+)+\b/g;

/** Comments, names and texts of a source; a string without a space is a key, which may be stored or published. */
const wordsOfSource = (code: string): readonly { readonly line: number; readonly text: string }[] => {
  const source = ts.createSourceFile('source.ts', code, ts.ScriptTarget.Latest, true);
  const found: { line: number; text: string }[] = [];
  const add = (position: number, text: string): void =>
    void found.push({ line: source.getLineAndCharacterOfPosition(position).line + 1, text });
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) add(node.getStart(), node.text);
    else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      if (node.text.trim().includes(' ')) add(node.getStart(), node.text.replaceAll(STORED, ''));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const { index, 0: comment } of code.matchAll(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm))
    add(index, comment.replaceAll(/`[^`\n]*`/g, ''));
  return found;
};

test('no page uses a retired word', async () => {
  const pages = await filesOf('*.md');
  assert.ok(pages.length > 60);
  const found: Found[] = [];
  for (const page of pages) {
    const lines = proseOf(await readFile(join(repository, page), 'utf8')).split('\n');
    found.push(...lines.flatMap((line) => retiredIn(line, `${page}: ${line.trim().slice(0, 80)}`)));
  }
  assert.equal(found, []);
});

test('no source uses a retired word', async () => {
  const sources = (await filesOf('src/*.ts', 'test/*.ts', 'bench/*.ts', 'scripts/*.ts')).filter(
    (file) => !file.endsWith('test/docs/words.test.ts'), // which lists them
  );
  const found: Found[] = [];
  for (const file of sources) {
    const code = await readFile(join(repository, file), 'utf8');
    found.push(...retiredNamesIn(code, file));
    if (retiredIn(code, file).length === 0) continue; // to parse a file takes long
    for (const { line, text } of wordsOfSource(code)) found.push(...retiredIn(text, `${file}:${line}`));
  }
  assert.equal(found, []);
});

test('the glossary explains each term once, in alphabetical order', async () => {
  const text = await readFile(join(repository, 'docs/glossary.md'), 'utf8');
  const terms = [...text.matchAll(/^\| \*\*([^*]+)\*\* \| ([^|]+) \|$/gm)].map(([, term = '']) => term.toLowerCase());
  assert.ok(terms.length > 50);
  assert.equal(terms, [...new Set(terms)].toSorted(), 'each once, in order');
  assert.is(terms.length, text.match(/^\| \*\*/gm)?.length, 'every row has one term and one meaning');
});

test('a retired word is found in prose and in names, and published names are not prose', () => {
  assert.is(retiredIn('Whoever insists is refused.', 'page').length, 3);
  assert.is(retiredIn('refundExcess', 'src').length, 1);
  assert.is(retiredNamesIn('type Told = 1;\nconst placed = told;\nconst process = 1;', 'src').length, 2);
  assert.equal(retiredIn(proseOf('Run `refund-excess`, see [it](reactors.md).'), 'page'), []);
});

test.run();
