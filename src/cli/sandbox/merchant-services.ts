import { decodeJwt } from 'jose';
import { startSandboxService, type Answered, type Handlers, type SandboxService } from './server.ts';

export type SandboxProduct = {
  readonly id: string;
  readonly name: string;
  readonly sku: string;
  readonly price: number;
  readonly stock_quantity: number;
  readonly is_active?: boolean;
};

type CartItem = { readonly product_id: string; readonly quantity: number };
type Person = { readonly id: string; readonly name: string; readonly email: string; readonly role: string };

const ok = (body: unknown): Answered => ({ status: 200, body });
const missing: Answered = { status: 404, body: { message: 'not found' } };

/** Reads a cart, empties it, and lets one be filled. */
export const cartHandlers = (carts: Map<string, readonly CartItem[]>): Handlers => ({
  'GET /api/v1/cart/:id': ([id = '']) => {
    const items = carts.get(id);
    return items === undefined ? missing : ok({ user_id: id, items });
  },
  'PUT /api/v1/cart/:id': ([id = ''], { items }) => {
    carts.set(id, items as readonly CartItem[]);
    return ok({ user_id: id, items });
  },
  'DELETE /api/v1/cart/:id/clear': ([id = '']) => {
    carts.delete(id);
    return ok({ success: true });
  },
});

export const productHandlers = (products: Map<string, SandboxProduct>): Handlers => ({
  'GET /api/products/:id': ([id = '']) => {
    const product = products.get(id);
    return product === undefined ? missing : ok(product);
  },
  'PUT /api/products/:id': ([id = ''], body) => {
    const product = { ...body, id } as SandboxProduct;
    products.set(id, product);
    return ok(product);
  },
  'PATCH /api/products/:id/stock': ([id = ''], { change }) => {
    const product = products.get(id);
    if (product === undefined) return missing;
    const stock_quantity = product.stock_quantity + Number(change);
    if (stock_quantity < 0) return { status: 409, body: { message: 'not enough in stock' } };
    products.set(id, { ...product, stock_quantity });
    return ok({ id, stock_quantity });
  },
});

/** Keeps the statistics it receives for each customer, in the order received. */
export const customerHandlers = (changes: Map<string, readonly unknown[]>): Handlers => ({
  'PATCH /api/customers/internal/:id/statistics': ([id = ''], body) => {
    changes.set(id, [...(changes.get(id) ?? []), body]);
    return ok({ success: true });
  },
  'GET /api/customers/internal/:id/statistics': ([id = '']) => ok({ customer_id: id, changes: changes.get(id) ?? [] }),
});

/** The subject of a JWT. Waybill has verified the signature before it asks. */
const namedBy = (token: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const claims = decodeJwt(token);
    return claims.sub === undefined ? undefined : { ...claims, id: claims.sub };
  } catch {
    return undefined;
  }
};

/** A token is valid if it is `user-<id>` of a known person, or a JWT. */
export const authHandlers = (people: ReadonlyMap<string, Person>): Handlers => ({
  'GET /api/auth/user/:id': ([id = '']) => {
    const person = people.get(id);
    return person === undefined ? missing : ok({ success: true, data: person });
  },
  'POST /api/auth/validate-token': (_, { token }) => {
    const person = people.get(String(token).replace(/^user-/, '')) ?? namedBy(String(token));
    return person === undefined ? { status: 401, body: { valid: false } } : ok({ valid: true, user: person });
  },
});

export const notificationHandlers: Handlers = {
  'POST /notifications/order-status': () => ok({ success: true }),
};

export const paymentHandlers = (): Handlers => {
  let count = 0;
  const pay = (): Answered => ok({ status: 'ok', transaction_id: `pay-${++count}` });
  return { 'POST /payments/process': pay, 'POST /payments/refund': pay };
};

/** What the sandbox starts with. */
export const SAMPLE_PRODUCTS: readonly SandboxProduct[] = [
  { id: 'bananas', name: 'Bananas, 1 kg', sku: 'BAN-1', price: 1.99, stock_quantity: 40 },
  { id: 'milk', name: 'Whole milk, 1 l', sku: 'MLK-1', price: 1.49, stock_quantity: 25 },
  { id: 'bread', name: 'Rye bread', sku: 'BRD-1', price: 3.2, stock_quantity: 12 },
];
export const SAMPLE_PEOPLE: readonly Person[] = [
  { id: 'customer', name: 'Meera Sharma', email: 'meera@example.com', role: 'customer' },
  { id: 'courier-7', name: 'Arun Rao', email: 'arun@example.com', role: 'delivery_partner' },
];

export const SERVICES = ['cart', 'product', 'customer', 'auth', 'notification', 'payment'] as const;
export type SandboxName = (typeof SERVICES)[number];

export type Sandbox = Readonly<Record<SandboxName, SandboxService>> & {
  /** The variables that make Waybill use it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

const variablesOf = (services: Readonly<Record<SandboxName, SandboxService>>) => ({
  CART_SERVICE_URL: services.cart.url,
  PRODUCT_SERVICE_URL: services.product.url,
  CUSTOMER_SERVICE_URL: services.customer.url,
  AUTH_SERVICE_URL: services.auth.url,
  NOTIFICATION_SERVICE_URL: services.notification.url,
  PAYMENT_GATEWAY: 'http',
  PAYMENT_SERVICE_URL: services.payment.url,
  PAYMENT_SERVICE_IDEMPOTENT: 'true',
});

/** Starts all of the merchant's services, each on its own port: from `port` up, or on free ports. */
export const startSandbox = async ({
  port = 0,
  slowMs,
}: { readonly port?: number; readonly slowMs?: number } = {}): Promise<Sandbox> => {
  const products = new Map(SAMPLE_PRODUCTS.map((product) => [product.id, product]));
  const people = new Map(SAMPLE_PEOPLE.map((person) => [person.id, person]));
  const cart = [
    { product_id: 'bananas', quantity: 2 },
    { product_id: 'milk', quantity: 1 },
  ];
  const handlers: Readonly<Record<SandboxName, Handlers>> = {
    cart: cartHandlers(new Map([['customer', cart]])),
    product: productHandlers(products),
    customer: customerHandlers(new Map()),
    auth: authHandlers(people),
    notification: notificationHandlers,
    payment: paymentHandlers(),
  };
  const start = (name: SandboxName) =>
    startSandboxService(handlers[name], {
      port: port === 0 ? 0 : port + SERVICES.indexOf(name),
      ...(slowMs !== undefined && { slowMs }),
    });
  const services = {
    cart: await start('cart'),
    product: await start('product'),
    customer: await start('customer'),
    auth: await start('auth'),
    notification: await start('notification'),
    payment: await start('payment'),
  };
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(services).map((service) => service.stop()));
  };
  return { ...services, variables: variablesOf(services), stop };
};
