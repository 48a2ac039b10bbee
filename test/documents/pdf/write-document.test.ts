import { PDFDocument } from 'pdf-lib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderInvoice } from '../../../src/documents/invoice.ts';
import { invoice, line } from '../samples.ts';

const test = suite('PDF files');

const load = async (...names: string[]) => {
  const lines = names.map((product_name) => line({ product_name }));
  return PDFDocument.load(await renderInvoice(invoice({ lines })), {
    updateMetadata: false,
    throwOnInvalidObject: true,
  });
};
const objectsOf = (pdf: PDFDocument) => pdf.context.enumerateIndirectObjects().map(([, object]) => object.toString());

test('every number in the file is one', async () => {
  const objects = objectsOf(await load('Mug', 'क्षत्रिय', 'ქართული ★', '茶')).filter((text) => text.startsWith('<<'));
  assert.ok(objects.length > 10);
  for (const text of objects) assert.not.match(text, /NaN|undefined|Infinity|\de-\d/);
});

test('a font is in the file only when some character needs it', async () => {
  const fontsOf = async (name: string) => objectsOf(await load(name)).filter((text) => text.includes('/CIDFontType2'));
  assert.is((await fontsOf('Mug')).length, 2);
  assert.is((await fontsOf('Mug ★')).length, 3);
});

test.run();
