import { Type } from '@sinclair/typebox';
import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { StoredTemplate } from '../../checkout/order-templates.ts';
import type { OrderDeps } from '../orders/order-deps.ts';
import { placedReply, replayOrder } from '../orders/order-replies.ts';
import { sellInput } from './sell-input.ts';
import type { ShopDeps } from './deps.ts';
import { pageHeaders, readPaging } from '../server/paging.ts';
import { notFound } from '../server/problem.ts';
import { route, type Loading, type Reply, type Replay, type Route } from '../server/route.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { orderResponse } from '../orders/response-schema.ts';
import { paging } from '../server/schemas/paging.ts';
import { sellBody, templateBody, templateResponse } from './schemas.ts';
import { deliveryExample } from './routes.ts';
import { orderExample } from '../orders/examples.ts';

const TAG = 'Templates';
const TEMPLATE_IDS = '1b3d8f66-5a0c-5d6c-9a63-7c8f7c0a5b11';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const params = strictObject({ id: Type.String({ example: '0195513c-6c00-7000-8000-00000000000a' }) });
const item = { product_id: 'mug-blue', quantity: 2, product_name: 'Blue mug', unit_price: 12.99 };
const templateExample = {
  id: '0195513c-6c00-7000-8000-00000000000a',
  name: 'Every Monday',
  currency: 'EUR',
  items: [item],
  created_at: '2026-03-01T12:00:00.000Z',
};

const bodyOf = ({ id, name, currency, items, created_at }: StoredTemplate): object => ({
  id,
  name,
  currency,
  items: items.map((line) => ({
    ...line,
    unit_price: line.unit_price === null ? null : toMajor(line.unit_price, currency),
  })),
  created_at,
});

const unused = (): undefined => undefined;
const gone: Replay = () => Promise.resolve({ status: 204 });
const { limit, offset, skip, page } = paging;

export const templateRoutes = ({ templates, defaultCurrency }: ShopDeps, orders: OrderDeps): readonly Route[] => {
  const load = ({ caller, params: { id = '' } }: Loading): Promise<StoredTemplate | undefined> =>
    UUID.test(id) ? templates.find(caller.id, id.toLowerCase()) : Promise.resolve(undefined);
  const one = { tag: TAG, permission: { customer: 'own' }, params, load } as const;
  /** A template has no stream; its place names it so that a repeated request finds it. */
  const created = (template: StoredTemplate): Reply => ({
    status: 201,
    body: bodyOf(template),
    headers: { Location: `/api/v1/templates/${template.id}` },
    at: { stream: `template-${template.id}`, revision: 0n },
  });
  const replayCreated: Replay = async ({ caller }, place) => {
    const template = await templates.find(caller.id, place?.stream.slice('template-'.length) ?? '');
    if (template === undefined) throw notFound('template');
    return created(template);
  };
  return [
    route(
      {
        methods: ['POST'],
        path: '/templates',
        operationId: 'createTemplate',
        tag: TAG,
        summary: 'Keep what you order again and again',
        permission: { customer: 'own' },
        body: templateBody,
        example: { name: 'Every Monday', items: [item] },
        answers: { 201: { description: 'The template.', body: templateResponse, example: templateExample } },
      },
      async ({ body: { name, items }, caller, context, repeatable, at }) => {
        const template = {
          id: repeatable ? uuidv5(context.command_id, TEMPLATE_IDS) : randomUUID(),
          customer_id: caller.id,
          name,
          currency: defaultCurrency,
          items: items.map(({ product_name = null, unit_price = null, ...line }) => ({
            ...line,
            product_name,
            unit_price,
          })),
          created_at: at,
        };
        await templates.keep(template);
        return created(template);
      },
      replayCreated,
    ),
    route(
      {
        methods: ['GET'],
        path: '/templates',
        operationId: 'listTemplates',
        tag: TAG,
        summary: 'Your templates',
        description: 'Newest first.',
        permission: { customer: 'own' },
        query: strictObject({ limit, offset, skip, page }),
        answers: { 200: { description: 'A page.', body: Type.Array(templateResponse), example: [templateExample] } },
      },
      async ({ query, caller, path, search }) => {
        const asked = readPaging(query, unused);
        const found = await templates.list(caller.id, { limit: asked.limit, offset: asked.offset ?? 0 });
        const total = { count: found.total, exact: true };
        const headers = pageHeaders({ path, search, total, next: undefined, previous: undefined });
        return { status: 200, headers, body: found.templates.map(bodyOf) };
      },
    ),
    route(
      {
        ...one,
        methods: ['GET'],
        path: '/templates/:id',
        operationId: 'getTemplate',
        summary: 'Read a template',
        answers: { 200: { description: 'The template.', body: templateResponse, example: templateExample } },
      },
      ({ subject }) => Promise.resolve({ status: 200, body: bodyOf(subject) }),
    ),
    route(
      {
        ...one,
        methods: ['DELETE'],
        path: '/templates/:id',
        operationId: 'deleteTemplate',
        summary: 'Delete a template',
        answers: { 204: { description: 'It is gone.' } },
      },
      async ({ subject, caller }) => {
        await templates.remove(caller.id, subject.id);
        return { status: 204 };
      },
      gone,
    ),
    route(
      {
        ...one,
        methods: ['POST'],
        path: '/templates/:id/order',
        operationId: 'orderTemplate',
        summary: 'Order what a template says',
        description: 'At the catalogue’s prices today; without a catalogue at those in the template.',
        body: sellBody,
        bodyOptional: true,
        example: deliveryExample,
        refuses: [502],
        answers: { 201: { description: 'The order.', body: orderResponse, example: orderExample } },
      },
      async (asked) => {
        const { subject, caller, context, repeatable, trace } = asked;
        const { currency, items } = subject;
        const request = { ...sellInput(asked, orders), currency, lines: { wanted: items } };
        return placedReply(orders, await orders.placeOrder(request, { context, repeatable, trace }), caller);
      },
      replayOrder(orders),
    ),
  ];
};
