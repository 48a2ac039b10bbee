// time limit: 180 s
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readText } from '../documents/pdf-text.ts';
import { commandLine, type CommandLine, type Ended } from '../support/command-line.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';

const test = suite('the demo');

let folder: TemporaryFolder;
let waybill: CommandLine;
let ended: Ended;

test.before(async () => {
  folder = await temporaryFolder();
  waybill = commandLine(folder.path, { TMPDIR: folder.path });
  ended = await waybill.run(['demo']);
});
test.after(() => folder.remove());

const invoiceText = async (name: string): Promise<string> => {
  const bytes = await readFile(join(folder.path, 'demo-output', name));
  return (await readText(new Uint8Array(bytes))).normalize('NFC').replaceAll(/\s+/g, ' ');
};

test('it goes well, in silence on standard error, and leaves nothing but its output', async () => {
  assert.is(ended.err, '');
  assert.is(ended.code, 0);
  assert.equal(waybill.leftOver(), []);
  assert.equal(
    (await readdir(folder.path)).filter((name) => name.startsWith('waybill')),
    [],
  );
});

test('it shows every step of both orders as it happens', () => {
  const steps = ['placed', 'confirmed', 'processing', 'shipped', 'delivered', 'invoice', 'history of'];
  for (const step of steps) assert.is(ended.out.match(new RegExp(`^${step} `, 'gm'))?.length, 2, step);
});

test('it prints the history of both orders with who did what', () => {
  for (const line of [
    /^ +20\S+Z {2}- +-> pending +by admin$/m,
    /^ +20\S+Z {2}- +-> pending +by customer$/m,
    /^ +20\S+Z {2}shipped +-> delivered +by admin: Handed over at the door$/m,
  ])
    assert.match(ended.out, line);
});

test('the invoices name the customers in their scripts, and totals that add up', async () => {
  const files = (await readdir(join(folder.path, 'demo-output'))).sort();
  const invoices = files.filter((file) => file.startsWith('invoice_'));
  assert.is(invoices.length, 2);
  const [meeras, elenis] = await Promise.all(invoices.map(invoiceText));
  for (const text of ['मीरा शर्मा', 'INV-', '2,971.39', '200.00', '3,053.53'])
    assert.ok(meeras?.includes(text), `${text} in ${meeras}`);
  for (const text of ['Ελένη Παπαδοπούλου', 'Αθήνα', '124.94', '142.43'])
    assert.ok(elenis?.includes(text), `${text} in ${elenis}`);
});

test('what comes back has its credit memos, and the books agree to the cent', async () => {
  const files = (await readdir(join(folder.path, 'demo-output'))).sort();
  const memos = files.filter((file) => file.startsWith('credit_memo_'));
  assert.is(memos.length, 2);
  const [first] = await Promise.all(memos.map(invoiceText));
  for (const text of ['CRM-', '2.50', '34.16']) assert.ok(first?.includes(text), `${text} in ${first}`);
  assert.match(ended.out, /^returned +ORD-/m);
  assert.is(ended.out.match(/ equal$/gm)?.length, 5);
  assert.not.match(ended.out, 'DIFFERENT');
});

test.run();
