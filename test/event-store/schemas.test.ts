import { Type } from '@sinclair/typebox';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventSchemas } from '../../src/event-store/schemas/index.ts';
import { schemasOf } from '../../src/event-store/schemas/event-schema.ts';
import { object, text, words } from '../../src/event-store/schemas/shapes.ts';

const test = suite('event schemas');

type Moved = {
  readonly type: 'Moved';
  readonly data: { readonly to: string; readonly by?: string; readonly boxes: readonly { readonly note?: string }[] };
};
type Left = { readonly type: 'Left'; readonly data: object };

const declare = schemasOf<Moved | Left>();
const left = { version: 1, data: object({}) };
const by = Type.Optional(text);
const boxes = Type.Array(object({ note: Type.Optional(text) }));

// Each line under `@ts-expect-error` fails `npm run check` when the compiler takes it.
test('a schema that is not exactly its event does not compile', () => {
  const exact = declare({ Moved: { version: 1, data: object({ to: text, by, boxes }) }, Left: left });
  assert.ok(exact.Moved.data.properties.by);

  // @ts-expect-error an optional field is forgotten
  declare({ Moved: { version: 1, data: object({ to: text, boxes }) }, Left: left });
  // @ts-expect-error an optional field is forgotten, deeper
  declare({ Moved: { version: 1, data: object({ to: text, by, boxes: Type.Array(object({})) }) }, Left: left });
  // @ts-expect-error a required field is forgotten
  declare({ Moved: { version: 1, data: object({ by, boxes }) }, Left: left });
  // @ts-expect-error an optional field is required
  declare({ Moved: { version: 1, data: object({ to: text, by: text, boxes }) }, Left: left });
  // @ts-expect-error a required field is optional
  declare({ Moved: { version: 1, data: object({ to: Type.Optional(text), by, boxes }) }, Left: left });
  // @ts-expect-error a field is superfluous
  declare({ Moved: { version: 1, data: object({ to: text, by, boxes, from: text }) }, Left: left });
  // @ts-expect-error an optional field is superfluous
  declare({ Moved: { version: 1, data: object({ to: text, by, boxes, from: Type.Optional(text) }) }, Left: left });
  // @ts-expect-error a field is of a narrower type
  declare({ Moved: { version: 1, data: object({ to: Type.Literal('home'), by, boxes }) }, Left: left });
  // @ts-expect-error a field is of a wider type
  declare({ Moved: { version: 1, data: object({ to: Type.Union([text, Type.Null()]), by, boxes }) }, Left: left });
  // @ts-expect-error an event without fields got one
  declare({ Moved: exact.Moved, Left: { version: 1, data: object({ by }) } });
  // @ts-expect-error an event has no schema
  declare({ Moved: exact.Moved });
  // @ts-expect-error there is a schema and no event
  declare({ Moved: exact.Moved, Left: left, Sold: left });
});

type Paid = { readonly type: 'Paid'; readonly data: { readonly method: 'cash' | 'card' } };

test('a list of words that is not exactly the one of the event does not compile', () => {
  const declarePaid = schemasOf<Paid>();
  const exact = declarePaid({ Paid: { version: 1, data: object({ method: words(['card', 'cash']) }) } });
  assert.ok(exact.Paid.data.properties.method);
  // @ts-expect-error a word is missing
  declarePaid({ Paid: { version: 1, data: object({ method: words(['cash']) }) } });
  // @ts-expect-error there is a word too many
  declarePaid({ Paid: { version: 1, data: object({ method: words(['cash', 'card', 'cheque']) }) } });
});

const objectsIn = (node: unknown): readonly object[] => {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(objectsIn);
  return 'properties' in node ? [node, ...below] : below;
};

test('no schema takes a field that its event does not have, at any depth', () => {
  const found = Object.entries(eventSchemas).map(([type, { data }]) => ({ type, objects: objectsIn(data) }));
  assert.ok(found.length > 0);
  for (const { type, objects } of found) {
    assert.ok(objects.length > 0, type);
    for (const one of objects) assert.is('additionalProperties' in one && one.additionalProperties, false, type);
  }
});

test.run();
