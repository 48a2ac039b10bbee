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

const timesSaid = (word: string): number => ended.out.split('\n').filter((line) => line.startsWith(`${word} `)).length;

test('it shows every step of the first two orders as it happens', () => {
  const steps = ['placed', 'confirmed', 'processing', 'shipped', 'delivered'];
  for (const step of steps) assert.is(timesSaid(step), step === 'placed' ? 3 : 2, step);
  assert.is(timesSaid('invoice'), 3);
  assert.is(timesSaid('history of'), 4);
});

test('groceries go from the cart to the door, followed live, and their customer is written to', () => {
  const live = [...ended.out.matchAll(/^live +status +(\w+)/gm)].map(([, status]) => status);
  assert.equal(live, ['pending', 'confirmed', 'processing', 'out_for_delivery', 'delivered']);
  assert.is(ended.out.match(/^live +position /gm)?.length, 3);
  const mails = [...ended.out.matchAll(/^message +to lakshmi@\S+: (.*)$/gm)].map(([, subject]) => subject ?? '');
  for (const subject of [/^We have your order/, /on its way/, /has been delivered$/])
    assert.ok(
      mails.some((mail) => subject.test(mail)),
      `${subject} in ${mails.join('; ')}`,
    );
  assert.match(ended.out, /^cart +0 lines left; 38 × Bananas/m);
});

test('it prints the history of each order with who did what', () => {
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
  assert.is(invoices.length, 3);
  const [meeras, elenis] = await Promise.all(invoices.map(invoiceText));
  for (const text of ['मीरा शर्मा', 'INV-', '2,971.39', '200.00', '3,053.53'])
    assert.ok(meeras?.includes(text), `${text} in ${meeras}`);
  for (const text of ['Ελένη Παπαδοπούλου', 'Αθήνα', '124.94', '142.43'])
    assert.ok(elenis?.includes(text), `${text} in ${elenis}`);
});

test('a plate is cancelled, one of two parcels is lost, and only what has arrived is paid', () => {
  // 4 cups of 8.50 and 2 plates of 12.00 with 10 % tax and 5.00 shipping: 68.80, a plate less. Two cups and a plate are lost.
  assert.match(ended.out, /^short pick +ORD-\S+ +one plate less: total 55\.60 EUR$/m);
  assert.match(ended.out, /^parcels +ORD-\S+ +2: two cups, and the rest$/m);
  assert.match(ended.out, /^lost +ORD-\S+ +the second parcel: 31\.90 EUR are credited$/m);
  assert.match(ended.out, /^settled +ORD-\S+ +delivered, and paid for what has arrived$/m);
  assert.match(ended.out, /^ +went back +45\.10 +of payments +45\.10 +equal$/m);
});

test('what comes back has its credit memos, and the books agree to the cent', async () => {
  const files = (await readdir(join(folder.path, 'demo-output'))).sort();
  const memos = files.filter((file) => file.startsWith('credit_memo_'));
  assert.is(memos.length, 2);
  const [first] = await Promise.all(memos.map(invoiceText));
  for (const text of ['CRM-', '2.50', '34.16']) assert.ok(first?.includes(text), `${text} in ${first}`);
  // The kettle cost 1,899.99 less 200.00, and its share of the tax.
  assert.match(ended.out, /^walk-in +RET-/m);
  assert.match(ended.out, /^exchanged +RET-\S+ +worth 1,?869\.\d\d INR, for ORD-\S+ of 1,?648\.90 INR$/m);
  assert.match(ended.out, /^returned +ORD-/m);
  assert.is(ended.out.match(/ equal$/gm)?.length, 14);
  // One bottle is worth 36.66, less a fee of 2.50: as store credit. Of the rest, worth 100.77, the goodwill is given up already.
  assert.match(ended.out, /^ +store credit +34\.16 +in the balance +34\.16 +equal$/m);
  assert.match(ended.out, /^ +went back +142\.43 +of payments +142\.43 +equal$/m);
  assert.match(ended.out, /^refunded +ORD-\S+ +10\.00 EUR goodwill, late$/m);
  assert.match(ended.out, /^refunded +RET-\S+ +34\.16 EUR given as store credit$/m);
  assert.not.match(ended.out, 'DIFFERENT');
});

test.run();
