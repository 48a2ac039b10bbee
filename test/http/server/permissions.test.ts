// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SPECS } from '../../../src/http/specs.ts';
import type { CallerRole, Relation } from '../../../src/http/server/caller.ts';
import type { Method, RouteSpec } from '../../../src/http/server/spec.ts';
import { ADMIN, AUDITOR, COURIER, MEERA, startTestApi, type Call, type TestApi } from '../../support/api.ts';
import { createApiKey } from '../../../src/platform/api-keys.ts';
import { isScope, SCOPES, type Scope } from '../../../src/http/server/scopes.ts';
import { createResources, type Kind, type Names, type Resources } from '../../support/resources.ts';

const permissions = suite('the permission table, walked');
let api: TestApi;
let own: Resources;
let foreign: Resources;
let service: Credentials;

/** What a path parameter names. A new address needs its line here: without one its rule would go unproven. */
const KINDS: readonly (readonly [address: RegExp, kind: Kind])[] = [
  [/^\/orders\/:id(\/|$)/, 'order'],
  [/^\/admin\/customers\/:id(\/|$)/, 'customer'],
  [/^\/internal\/customers\/:customer_id(\/|$)/, 'customer'],
  [/^\/(orders\/)?returns\/:id(\/|$)/, 'return'],
  [/^\/payments\/:id(\/|$)/, 'payment'],
  [/^\/invoices\/return\/:return_id$/, 'return'],
  [/^\/invoices\/order\/:order_id$/, 'order'],
  [/^\/invoices\/:id(\/|$)/, 'invoice'],
  [/^\/templates\/:id(\/|$)/, 'template'],
  [/^\/admin\/erasures\/:id$/, 'erasure'],
  [/^\/admin\/webhooks\/:id(\/|$)/, 'webhook'],
  [/^\/admin\/jobs\/:id(\/|$)/, 'job'],
  [/^\/admin\/messages\/:id(\/|$)/, 'message'],
  [/^\/admin\/projections\/:name(\/|$)/, 'projection'],
  [/^\/log\/tile\/:level\//, 'tile'],
  [/^\/exports\/:what$/, 'table'],
];

type Credentials = Pick<Call, 'as' | 'headers'>;

const CALLERS: Readonly<Record<Exclude<CallerRole, 'service'>, Credentials>> = {
  customer: { as: MEERA },
  delivery_partner: { as: COURIER },
  admin: { as: ADMIN },
  auditor: { as: AUDITOR },
};
const PEOPLE = Object.keys(CALLERS) as (keyof typeof CALLERS)[];
const ROLES = [...PEOPLE, 'service'] as const;
const ANONYMOUS: Credentials = { as: null };

const serviceWith = async (scopes: readonly Scope[]): Promise<Credentials> => {
  const { key } = await createApiKey(api.core.db, { name: 'stock', scopes, expires_at: null });
  return { as: null, headers: { 'x-api-key': key } };
};

permissions.before(async () => {
  api = await startTestApi();
  own = await createResources(api, { customer: 'c-1', courier: 'courier-7' });
  service = await serviceWith(SCOPES);
  foreign = await createResources(api, { customer: 'c-2', courier: 'courier-8' });
});
permissions.after(() => api.close());

const isList = ({ path }: RouteSpec): boolean => !path.includes(':');

/** A courier sees an order until it is delivered; everybody else is asked for one with a whole life behind it. */
const namesOf = ({ path, live }: RouteSpec, things: Resources, role?: CallerRole): Names => {
  const kind = KINDS.find(([address]) => address.test(path))?.[1];
  if (kind === undefined) throw new Error(`${path}: say in KINDS what its parameter names`);
  // What is followed live does not end before the delivery: there a courier is asked about an order that is over.
  return things[kind === 'order' && role === 'delivery_partner' && live !== true ? 'delivery' : kind];
};

/** A scope is a key to everything there is. */
const relationIn = (granted: Relation | Scope | undefined): Relation | undefined =>
  granted === undefined ? undefined : granted === 'own' || granted === 'assigned' ? granted : 'any';

const relationOf = ({ permission }: RouteSpec, role: CallerRole): Relation | undefined =>
  permission === 'public' ? 'any' : relationIn(permission[role]);

/** A body that no route accepts: an admitted caller gets an error, and nothing is written. */
const REJECTED_BODY = { no_route_knows_this: true };

const ask = (method: Method, path: string, credentials: Credentials) =>
  api.call<unknown>(path, {
    method,
    ...credentials,
    unchecked: true,
    ...(method !== 'GET' && { json: REJECTED_BODY }),
  });

/** Statuses that mean: you may, as far as the table goes. */
const passes = (method: Method, { outside }: RouteSpec): readonly number[] =>
  method !== 'GET' ? [422] : outside === true ? [200, 503] : [200, 204, 409];

const DEMANDED: Readonly<Record<string, string>> = { q: 'mug', stream: 'order-1', revision: '0', from: '1', to: '2' };

/** What a list cannot be asked without. */
const demandedBy = ({ query }: RouteSpec): string => {
  const given = (query?.required ?? []).map((name) => `${name}=${DEMANDED[name] ?? ''}`);
  return given.length === 0 ? '' : `?${given.join('&')}`;
};

/** The amount that a path may ask about besides the thing: the example of its description. */
const fieldOf = ({ params }: RouteSpec): string => String(params?.properties['field']?.['example'] ?? ':field');

const pathOf = (spec: RouteSpec, name = ''): string =>
  (spec.outside === true ? '/' : '') +
  spec.path.replace(/:\w+/, name).replace(':field', fieldOf(spec)) +
  demandedBy(spec);

/** Events, besides those that record who was given a copy of personal data: to ask for it is to get it. */
const countWritten = async (): Promise<number> => {
  const audit = await api.store.readStream(`audit-${new Date().getUTCFullYear()}`);
  return (await api.countEvents()) - audit.filter(({ type }) => type === 'SubjectExported').length;
};

type Case = { readonly path: string; readonly expected: readonly number[] };

/** What one role should get at every name of an own and of a foreign thing. */
const casesOf = (spec: RouteSpec, method: Method, role: CallerRole): readonly Case[] => {
  const relation = relationOf(spec, role);
  const isOver = role === 'delivery_partner' && spec.live === true;
  const ofOwn = relation === undefined ? [403] : isOver ? [404] : passes(method, spec);
  if (isList(spec)) return [{ path: pathOf(spec), expected: ofOwn }];
  const ofForeign = relation === 'own' || relation === 'assigned' ? [404] : ofOwn;
  return [
    ...namesOf(spec, own, role).map((name) => ({ path: pathOf(spec, name), expected: ofOwn })),
    ...namesOf(spec, foreign, role).map((name) => ({ path: pathOf(spec, name), expected: ofForeign })),
  ];
};

permissions('every route answers every role as its table says, for own and for foreign things', async () => {
  const before = await countWritten();
  let asked = 0;
  for (const spec of SPECS)
    for (const method of spec.methods)
      for (const role of ROLES)
        for (const { path, expected } of casesOf(spec, method, role)) {
          const { status } = await ask(method, path, role === 'service' ? service : CALLERS[role]);
          assert.ok(expected.includes(status), `${role} ${method} ${path}: ${status}, not ${expected.join(' or ')}`);
          asked += 1;
        }
  assert.ok(asked > 150, `${asked} requests`);
  assert.is(await countWritten(), before, 'a request that only asks who may call has written');
});

permissions('without credentials only what is public answers', async () => {
  for (const spec of SPECS)
    for (const method of spec.methods) {
      const path = pathOf(spec, isList(spec) ? '' : namesOf(spec, own)[0]);
      const { status } = await ask(method, path, ANONYMOUS);
      if (spec.permission === 'public')
        assert.ok(passes(method, spec).includes(status), `${method} ${path}: ${status}`);
      else assert.is(status, 401, `${method} ${path}`);
    }
});

/** Balances, and a zip: test/http/store-credit and test/http/privacy/export prove that customers get their own, and no other's. */
const WITHOUT_ORDER: readonly string[] = ['/me/store-credit', '/me/export'];

permissions('a list shows what is its caller’s, and nothing of what is not', async () => {
  const near = SPECS.filter((spec) => isList(spec) && spec.methods.includes('GET'));
  let lists = 0;
  for (const spec of near)
    for (const role of PEOPLE) {
      const relation = relationOf(spec, role);
      if (relation !== 'own' && relation !== 'assigned') continue;
      const { text } = await ask('GET', pathOf(spec), CALLERS[role]);
      const [ownOrder] = role === 'delivery_partner' ? own.delivery : own.order;
      if (!WITHOUT_ORDER.includes(spec.path)) assert.match(text, ownOrder, `${role} ${spec.path}: own things`);
      for (const name of [
        ...foreign.order,
        ...foreign.delivery,
        ...foreign.return,
        ...foreign.payment,
        ...foreign.invoice,
      ])
        assert.not.match(text, name, `${role} ${spec.path}: a foreign thing`);
      lists += 1;
    }
  assert.ok(lists >= 3, `${lists} lists`);
});

permissions('a filter for what is foreign answers nothing', async () => {
  for (const [path, as] of [
    ['/orders?customer_id=c-2', MEERA],
    ['/orders?delivery_partner_id=courier-8', COURIER],
    ['/orders?customer_id=c-2', COURIER],
    [`/invoices?order_id=${foreign.order[0]}`, MEERA],
    [`/invoices?order_id=${foreign.order[1]}`, MEERA],
  ] as const) {
    const { status, text } = await ask('GET', path, { as });
    assert.equal([status, text], [200, '[]'], path);
  }
});

permissions('a table that allows auditors admits them to reads only', () => {
  for (const { permission, methods, operationId } of SPECS) {
    if (permission === 'public') continue;
    assert.ok(Object.keys(permission).length > 0, `${operationId} admits no role`);
    if (permission.auditor === undefined) continue;
    assert.equal(methods, ['GET'], `${operationId}: auditors write nothing`);
  }
});

permissions('a service needs the very scope that a route names', async () => {
  let routes = 0;
  for (const spec of SPECS) {
    const scope = spec.permission === 'public' ? undefined : spec.permission.service;
    if (scope === undefined) continue;
    assert.ok(isScope(scope));
    assert.equal(spec.methods, ['GET'], `${spec.operationId}: services only read`);
    const path = pathOf(spec, isList(spec) ? '' : namesOf(spec, own)[0]);
    const others = await ask('GET', path, await serviceWith(SCOPES.filter((one) => one !== scope)));
    assert.is(others.status, 403, path);
    assert.match(others.problem.detail, scope);
    assert.is((await ask('GET', path, await serviceWith([scope]))).status, 200, path);
    routes += 1;
  }
  assert.ok(routes >= 3, `${routes} routes`);
});

permissions('a role in the body changes nothing', async () => {
  const item = { product_id: 'p-1', unit_price: 1, quantity: 1 };
  const place = { method: 'POST', as: MEERA };
  const asAdmin = await api.call('/orders', { ...place, json: { items: [item], role: 'admin' } });
  assert.is(asAdmin.status, 422);
  const forOther = await api.call('/orders', { ...place, json: { items: [item], customer_id: 'c-2' } });
  assert.is(forOther.status, 403);
});

permissions.run();
