import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bind, type Loading } from '../../../src/http/server/route.ts';
import { defineSpecs } from '../../../src/http/server/spec.ts';

const binding = suite('specs and their handlers');

const common = { tag: 'Resources', summary: 'Try a thing', permission: 'public', answers: {} } as const;
const specs = defineSpecs({
  getThing: { ...common, methods: ['GET'], path: '/things/:id' },
  changeThing: { ...common, methods: ['PATCH'], path: '/things/:id' },
});

type Thing = { readonly name: string };
const load = (_loading: Loading): Promise<Thing | undefined> => Promise.resolve({ name: 'mug' });
const handle = () => Promise.resolve({ status: 200 });
const replay = handle;

binding('each spec gets the handler of its name, and its key as its id', () => {
  const bound = bind(specs, { getThing: { load, handle }, changeThing: { handle, replay } });
  assert.is(bound.getThing.spec, specs.getThing);
  assert.is(bound.getThing.load, load);
  assert.is(bound.changeThing.spec.operationId, 'changeThing');
  assert.is(bound.changeThing.replay, replay);
});

binding('what does not fit does not compile', () => {
  const fits = { getThing: { handle }, changeThing: { handle, replay } };
  // @ts-expect-error a spec has no handler
  assert.throws(() => bind(specs, { getThing: fits.getThing }));
  // @ts-expect-error a handler has no spec
  bind(specs, { ...fits, deleteThing: { handle, replay } });
  // @ts-expect-error a write does not say how its answer is made again
  bind(specs, { ...fits, changeThing: { handle } });
  // @ts-expect-error a read is not repeated
  bind(specs, { ...fits, getThing: { handle, replay } });
  // @ts-expect-error nothing is loaded
  bind(specs, { ...fits, getThing: { handle: ({ subject }: { readonly subject: Thing }) => reply(subject) } });
  bind(specs, { ...fits, getThing: { load, handle: ({ subject }) => reply(subject) } });
});

const reply = ({ name }: Thing) => Promise.resolve({ status: 200, body: name });

binding.run();
