import { Gauge, type Registry } from 'prom-client';
import type { Endpoint } from '../../webhooks/index.ts';

/** What an operator wants to be woken for: endpoints that take nothing, and events that were given up. */
export const createWebhookGauges = (registers: readonly Registry[]) => {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `waybill_webhook_${name}`, help, labelNames: ['webhook'], registers: [...registers] });
  const gauges = [
    [gauge('enabled', '1 if the webhook is enabled.'), (one: Endpoint) => Number(one.enabled)],
    [
      gauge('failing', '1 if nothing has been accepted for a while.'),
      (one: Endpoint) => Number(one.failing_since !== null),
    ],
    [gauge('held_streams', 'Streams of which one event is being retried.'), ({ held }: Endpoint) => held],
    [gauge('parked_events', 'Events that were parked and not accepted since.'), ({ parked }: Endpoint) => parked],
    [gauge('position', 'Position up to which all events are finished.'), ({ position }: Endpoint) => Number(position)],
  ] as const;
  return (endpoints: readonly Endpoint[]): void => {
    for (const [each, valueOf] of gauges) {
      each.reset();
      for (const endpoint of endpoints) each.set({ webhook: endpoint.id }, valueOf(endpoint));
    }
  };
};
