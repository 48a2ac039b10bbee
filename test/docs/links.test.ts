import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readOperations, withVariables } from '../../scripts/config-docs.ts';

const test = suite('docs');
const repository = fileURLToPath(new URL('../../', import.meta.url));

const inFolder = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(repository, folder), { recursive: folder !== '' }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(repository, folder, name));

const pages = [...(await inFolder('')), ...(await inFolder('docs'))];

/** As code hosts name a heading: lower case, no punctuation, hyphens for spaces. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

const linksIn = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

/** Links to decisions whose label is another number than the file's. */
const wrongNumbers = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\[(?:decision )?(\d+)\]\((?:[^)\s]*\/)?(\d{4})-[^)\s]*\)/g)].flatMap(
    ([link, label, number]) => (Number(label) === Number(number) ? [] : [link]),
  );

const problemWith = async (page: string, link: string): Promise<string | undefined> => {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : resolve(dirname(page), path);
  const where = `${relative(repository, page)}: ${link}`;
  const exists = await access(target).then(
    () => true,
    () => false,
  );
  if (!exists) return `${where} leads nowhere`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsIn(await readFile(target, 'utf8')).includes(anchor) ? undefined : `${where} has no such heading`;
};

test('every relative link leads to a file, and to a heading of it', async () => {
  assert.ok(pages.length > 15);
  const problems: string[] = [];
  let links = 0;
  for (const page of pages)
    for (const link of linksIn(await readFile(page, 'utf8'))) {
      links += 1;
      problems.push(...[await problemWith(page, link)].filter((problem) => problem !== undefined));
    }
  assert.ok(links > 20);
  assert.equal(problems, []);
});

test('a link that is labelled with the number of a decision leads to that decision', async () => {
  for (const page of pages) assert.equal(wrongNumbers(await readFile(page, 'utf8')), [], relative(repository, page));
  assert.equal(wrongNumbers('[0061](0061-rooms.md), [decision 7](docs/decisions/0008-fonts.md)'), [
    '[decision 7](docs/decisions/0008-fonts.md)',
  ]);
});

test('a link that leads nowhere is found', async () => {
  const page = join(repository, 'README.md');
  assert.match((await problemWith(page, 'docs/nothing.md')) ?? '', 'leads nowhere');
  assert.match((await problemWith(page, 'docs/glossary.md#nothing')) ?? '', 'no such heading');
  assert.equal(linksIn('[a](b.md), `[c](d.md)`\n```\n[e](f.md)\n```\n'), ['b.md']);
});

test('docs/operations.md lists every variable as the code has it; `npm run docs` makes it so', async () => {
  const text = await readOperations();
  assert.is(text, withVariables(text));
});

test.run();
