export const webhookExample = {
  id: '0195513c-6c00-7000-8000-00000000000a',
  url: 'https://shop.example/webhooks',
  types: ['OrderPlaced', 'OrderShipped'],
  description: null,
  enabled: true,
  disabled_reason: null,
  position: '4711',
  held: 0,
  parked: 0,
  failing_since: null,
  last_accepted_at: '2026-03-01T12:01:00.000Z',
  created_at: '2026-03-01T12:00:00.000Z',
  updated_at: '2026-03-01T12:00:00.000Z',
};

export const secretExample = { ...webhookExample, secret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' };

export const queuedExample = { id: '3c0d6a0e-6bb2-5a3e-8f1f-0c9d2f1f9b10' };

export const deliveryExample = {
  id: '17',
  event_id: '3c0d6a0e-6bb2-5a3e-8f1f-0c9d2f1f9b10',
  type: 'OrderPlaced',
  stream: 'order-0195513c-6c00-7000-8000-000000000001',
  revision: '0',
  position: '4711',
  cause: 'event',
  outcome: 'failed',
  attempt: 1,
  status: 500,
  reason: 'it answered 500',
  ms: 42,
  at: '2026-03-01T12:00:00.000Z',
  redelivered_at: null,
};
