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
/** One of a domain's words. */
export const words = <const W extends string>(known: readonly W[], description?: string) =>
  Type.Unsafe<W>({ type: 'string', enum: [...known], ...(description !== undefined && { description }) });
/** Every word of a type: one that is missing does not compile. */
export const everyWord = <W extends string>(known: Readonly<Record<W, true>>) =>
  Type.Unsafe<W>({ type: 'string', enum: Object.keys(known) });
export const shape = <P extends Parameters<typeof Type.Object>[0]>(properties: P, component?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(component !== undefined && { component }) });
