import { Type } from '@sinclair/typebox';
import { nullable } from './fields.ts';

export const uuid = () => Type.String({ format: 'uuid' });
export const time = () => Type.String({ format: 'date-time' });
export const maybe = {
  text: () => nullable(Type.String()),
  time: () => nullable(time()),
  number: () => nullable(Type.Number()),
};
export const free = () => nullable(Type.Record(Type.String(), Type.Unknown()));
export const maybeAddress = () => Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown()), Type.Null()]);
export const money = () => Type.Number({ description: 'Major units.' });
export const words = (known: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: [...known] });
export const shape = <P extends Parameters<typeof Type.Object>[0]>(properties: P, component?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(component !== undefined && { component }) });

/** How far the money of a return has got. */
export const REFUND_STATUSES = ['pending', 'partial', 'failed', 'completed'] as const;
