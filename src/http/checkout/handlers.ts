import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import type { StoredTemplate, Checkout, OrderTemplates } from '../../checkout/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import { isUuid } from '../../platform/uuid.ts';
import { placedReply, replayOrder } from '../orders/replies.ts';
import { keyReused } from '../server/to-problem.ts';
import { noCursor, pageHeaders, readPaging } from '../server/paging.ts';
import { notFound } from '../server/problem.ts';
import { bind, type Bound, type Loading, type Replay, type Reply } from '../server/route.ts';
import { demandImpersonalId } from '../orders/input.ts';
import { sellInput } from './input.ts';
import { checkoutSpecs } from './routes.ts';
import type { OrderDeps } from '../orders/deps.ts';

/** What sells from carts and templates. */
export type CheckoutDeps = {
  readonly checkout: Checkout;
  readonly templates: OrderTemplates;
  readonly orders: OrderDeps;
};

const TEMPLATE_IDS = '1b3d8f66-5a0c-5d6c-9a63-7c8f7c0a5b11';
/** A template has no stream; this stands in for one so that a repeated request finds it. */
const STREAM = 'template-';

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

const created = (template: StoredTemplate): Reply => ({
  status: 201,
  body: bodyOf(template),
  headers: { Location: `/api/v1/templates/${template.id}` },
  at: { stream: `${STREAM}${template.id}`, revision: 0n },
});

export const bindCheckout = (deps: CheckoutDeps): Bound<typeof checkoutSpecs> => {
  const { checkout, templates, orders } = deps;
  const load = ({ caller, params: { id = '' } }: Loading): Promise<StoredTemplate | undefined> =>
    isUuid(id) ? templates.find(caller.id, id.toLowerCase()) : Promise.resolve(undefined);
  const replayCreated: Replay = async ({ caller }, place) => {
    const template = await templates.find(caller.id, place?.stream.slice(STREAM.length) ?? '');
    if (template === undefined) throw notFound('template');
    return created(template);
  };
  return bind(checkoutSpecs, {
    checkout: {
      handle: async (input) => {
        const { caller, context, repeatable, trace } = input;
        return placedReply(orders, await checkout(sellInput(input, orders), { context, repeatable, trace }), caller);
      },
      replay: replayOrder(orders),
    },
    createTemplate: {
      handle: async ({ body: { name, items }, caller, context, repeatable, at }) => {
        const template = {
          id: repeatable ? uuidv5(context.command_id, TEMPLATE_IDS) : randomUUID(),
          customer_id: demandImpersonalId(caller.id, orders),
          name,
          currency: orders.defaultCurrency,
          items: items.map(({ product_name = null, unit_price = null, ...line }) => ({
            ...line,
            product_name,
            unit_price,
          })),
          created_at: at,
        };
        const creation = await templates.keep(template, context.request?.request_hash);
        if (creation === 'other_request') throw keyReused();
        return { ...created(template), isRepeated: creation === 'repeated' };
      },
      replay: replayCreated,
    },
    listTemplates: {
      handle: async ({ query, caller, path, search }) => {
        const { limit, offset = 0 } = readPaging(query, noCursor);
        const found = await templates.list(caller.id, { limit, offset });
        const total = { count: found.total, exact: true };
        const headers = pageHeaders({ path, search, total, next: undefined, previous: undefined });
        return { status: 200, headers, body: found.templates.map(bodyOf) };
      },
    },
    getTemplate: { load, handle: ({ subject }) => Promise.resolve({ status: 200, body: bodyOf(subject) }) },
    deleteTemplate: {
      load,
      handle: async ({ subject, caller }) => {
        await templates.remove(caller.id, subject.id);
        return { status: 204 };
      },
      replay: () => Promise.resolve({ status: 204 }),
    },
    orderTemplate: {
      load,
      handle: async (input) => {
        const { subject, caller, context, repeatable, trace } = input;
        const { currency, items } = subject;
        const request = { ...sellInput(input, orders), currency, lines: { wanted: items } };
        return placedReply(orders, await orders.placeOrder(request, { context, repeatable, trace }), caller);
      },
      replay: replayOrder(orders),
    },
  });
};
