import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnreadableFile } from '../../src/imports/findings.ts';
import { openSheet, type SheetLayout } from '../../src/imports/file/sheet.ts';
import { temporaryFolder } from '../support/temporary.ts';

const test = suite('finding the table in a file');

const REQUIRED = ['Name', 'Total'];

const tableOf = async (bytes: Buffer | string, layout: Partial<SheetLayout> = {}) => {
  const folder = await temporaryFolder();
  try {
    const path = join(folder.path, 'orders.csv');
    await writeFile(path, bytes);
    const sheet = await openSheet(path, { required: REQUIRED, ...layout });
    const rows: (readonly [line: number, name: string, total: string])[] = [];
    for await (const row of sheet.rows())
      rows.push([row.line, row.cell('Name')?.text ?? '', row.cell('Total')?.text ?? '']);
    return { sheet, rows };
  } finally {
    await folder.remove();
  }
};

const rowsOf = async (...given: Parameters<typeof tableOf>) => (await tableOf(...given)).rows;

const utf16 = (text: string, isBig: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

test('with a byte order mark, and lines that end as on Windows', async () =>
  assert.equal(await rowsOf('\ufeffName,Total\r\nAna,1.00\r\nZoë,2.00\r\n'), [
    [2, 'Ana', '1.00'],
    [3, 'Zoë', '2.00'],
  ]));

test('in UTF-16 of either order, with its mark and without', async () => {
  for (const isBig of [false, true])
    for (const mark of ['\ufeff', ''])
      assert.equal(await rowsOf(utf16(`${mark}Name\tTotal\nZoë,1\t2\n`, isBig)), [[2, 'Zoë,1', '2']]);
});

test('in Windows-1252, if the bytes are no UTF-8', async () => {
  const { sheet, rows } = await tableOf(Buffer.from('Name;Total\nM\xfcller \x96 Caf\xe9;99,00 \x80\n', 'latin1'));
  assert.is(sheet.encoding, 'windows-1252');
  assert.equal(rows, [[2, 'Müller – Café', '99,00 €']]);
});

test('in the encoding that is asked for', async () =>
  assert.equal(await rowsOf(Buffer.from('Name;Total\n\xa4;1\n', 'latin1'), { encoding: 'iso-8859-15' }), [
    [2, '€', '1'],
  ]));

test('with semicolons, tabs or bars', async () => {
  for (const delimiter of [';', '\t', '|'])
    assert.equal(await rowsOf(`Name${delimiter}Total\nA,B${delimiter}1,50\n`), [[2, 'A,B', '1,50']]);
});

test('after a preamble, with blank lines anywhere', async () =>
  assert.equal(await rowsOf('Export of "May\n\nName,Total\n\nAna,1\n,,\n\nBea,2\n\n'), [
    [5, 'Ana', '1'],
    [8, 'Bea', '2'],
  ]));

test('after the given number of lines', async () =>
  assert.equal(await rowsOf('Name,Total\nx,y\nName,Total\nAna,1\n', { skipLines: 2 }), [[4, 'Ana', '1']]));

test('with line breaks and quotation marks in quotes, and lines counted as an editor counts them', async () =>
  assert.equal(await rowsOf('Name,Total\n"at ""the""\ndoor",1\nBea,2\n'), [
    [2, 'at "the"\ndoor', '1'],
    [4, 'Bea', '2'],
  ]));

test('with an inch mark in a file without quotes', async () =>
  assert.equal(await rowsOf('Name\tTotal\n"27"" Monitor"\t1\n27" Monitor\t2\n"Best\t3\n', { quotes: false }), [
    [2, '27" Monitor', '1'],
    [3, '27" Monitor', '2'],
    [4, '"Best', '3'],
  ]));

test('rows with too few or too many fields', async () =>
  assert.equal(await rowsOf('Name,Total\nAna\nBea,2,3\n'), [
    [2, 'Ana', ''],
    [3, 'Bea', '2'],
  ]));

const isUnreadable = async (bytes: Buffer | string, says: string): Promise<void> => {
  try {
    await rowsOf(bytes);
  } catch (error) {
    assert.ok(error instanceof UnreadableFile, String(error));
    assert.match(error.message, says);
    return;
  }
  assert.unreachable('it was read');
};

test('two columns of one name are no matter, unless that name is read', async () => {
  assert.equal(await rowsOf('Name,Total,Note,Note,,\nAna,1,x,y\n'), [[2, 'Ana', '1']]);
  await isUnreadable('Name,Total,Name\nAna,1,Bea\n', 'has two columns "Name". Rename or remove one of them.');
});

test('a file that cannot be read is rejected with the reason', async () => {
  await isUnreadable('', 'is empty');
  await isUnreadable(Buffer.from('PK\x03\x04rest'), 'Save it as CSV');
  await isUnreadable(Buffer.from([1, 0, 0, 5, 0, 9]), 'NUL bytes');
  await isUnreadable('Name,Amount\nAna,1\n', 'Total');
  await isUnreadable(
    'Name,Total\nZoe,3\n"Ana,1\nBea,2\n',
    'the row that begins in line 3 has no closing quotation mark',
  );
  await isUnreadable(`Name,Total\n"${'x'.repeat(2_000_000)}",1\n`, 'begins in line 2 is longer than 1 MB. Is a quot');
});

test.run();
