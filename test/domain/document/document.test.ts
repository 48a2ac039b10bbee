import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createSeriesDecider,
  documentDecider,
  documentNumber,
  type DocumentRendered,
  type DocumentRequested,
  type SeriesEvent,
} from '../../../src/domain/document/index.ts';
import { NOON, specFor, SYSTEM } from '../../support/decider-spec.ts';

const test = suite('document');
const given = specFor(documentDecider);
const who = { at: NOON, by: SYSTEM };

const requested: DocumentRequested = {
  type: 'DocumentRequested',
  data: {
    document_type: 'invoice',
    kind: 'invoice',
    customer_id: 'c-1',
    order_id: 'o-1',
    return_id: null,
    credit_id: null,
    shipment_id: null,
    currency: 'USD',
    amount: 1_000,
    series: 'invoices',
    year: 2026,
    after: '-1',
    as_of: '4',
  },
};
const rendered: DocumentRendered = {
  type: 'DocumentRendered',
  data: { number: 'INV-2026-000001', file_name: 'invoice_ORD-2026-000001.pdf', sha256: 'aa', size: 9 },
};
const request = { type: 'RequestDocument', data: requested.data, ...who } as const;
const render = { type: 'RecordRendering', data: rendered.data, ...who } as const;
const redact = { type: 'RecordRedaction', data: { sha256: 'bb', size: 8 }, ...who } as const;

test('a document is requested, then rendered', () => {
  given().when(request).then(requested);
  given(requested).when(render).then(rendered);
});

test('a second request changes nothing, also when it names another year', () =>
  given(requested)
    .when({ ...request, data: { ...request.data, year: 2027 } })
    .thenNothing());

test('a second rendering changes nothing: the first bytes stand', () =>
  given(requested, rendered)
    .when({ ...render, data: { ...render.data, sha256: 'cc' } })
    .thenNothing());

test('a document is rendered only after its request, and redacted only after its rendering', () => {
  given().when(render).thenRejected('document.not_requested');
  given(requested).when(redact).thenRejected('document.not_rendered');
});

test('a redaction replaces the checksum that the stored bytes must have', () => {
  given(requested, rendered).when(redact).then({ type: 'DocumentRedacted', data: redact.data });
  const { state } = given(requested, rendered, { type: 'DocumentRedacted', data: redact.data });
  assert.equal('rendering' in state && state.rendering, { ...rendered.data, sha256: 'bb', size: 8 });
});

const numbered = (document_id: string, number: string): SeriesEvent => ({
  type: 'DocumentNumbered',
  data: { document_id, number },
});
const numberIt = (document_id: string) => ({ type: 'NumberDocument', data: { document_id }, ...who }) as const;
const series = (after: bigint) => specFor(createSeriesDecider({ prefix: 'INV', year: 2026, after }));

test('numbers follow each other without a gap: the number is the revision + 1', () => {
  series(-1n)().when(numberIt('a')).then(numbered('a', 'INV-2026-000001'));
  series(-1n)(numbered('a', 'INV-2026-000001')).when(numberIt('b')).then(numbered('b', 'INV-2026-000002'));
});

test('a document that has a number gets no other', () =>
  series(-1n)(numbered('a', 'INV-2026-000001')).when(numberIt('a')).thenNothing());

test('a series read from a later revision goes on where it stands', () => {
  series(41n)().when(numberIt('a')).then(numbered('a', 'INV-2026-000043'));
  series(41n)(numbered('b', 'INV-2026-000043')).when(numberIt('a')).then(numbered('a', 'INV-2026-000044'));
});

test('the millionth document has seven digits', () =>
  assert.is(documentNumber('INV', 2026, 1_000_000n), 'INV-2026-1000000'));

test.run();
