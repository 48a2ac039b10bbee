import { ERASED, isErased, type Erased, type Personal } from './decider.ts';

/**
 * An event's personal data as the store keeps it: sealed with a key, for this event only. `fields` names its fields;
 * the first event of a stream does not have it.
 */
export type Envelope = {
  readonly event: string;
  readonly key: string;
  readonly sealed: string;
  readonly fields?: readonly string[];
};

type Layer = { readonly open: object } | Envelope;

/**
 * Personal data that is folded without being opened. A reader that does not open it sees it as erased. Opened, it is
 * its layers, the later over the earlier, or one field of them.
 */
export type Unopened = Erased & { readonly layers: readonly Layer[]; readonly field?: string };

export const unopened = (envelope: Envelope): Unopened => ({ ...ERASED, layers: [envelope] });

export const isUnopened = (value: object): value is Unopened => isErased(value) && 'layers' in value;

const fieldOf = (value: object, field: string): unknown => (value as Readonly<Record<string, unknown>>)[field];

/** Opens personal data that was folded unopened. `open` returns undefined for an envelope whose key was destroyed. */
export const openLayers = ({ layers, field }: Unopened, open: (envelope: Envelope) => object | undefined): unknown => {
  let merged: object | undefined;
  for (const layer of layers) {
    const part = 'open' in layer ? layer.open : open(layer);
    if (part === undefined) return ERASED;
    merged = merged === undefined ? part : { ...merged, ...part };
  }
  if (merged === undefined) return {};
  return field === undefined ? merged : (fieldOf(merged, field) ?? null);
};

const layersOf = (personal: object): readonly Layer[] | undefined => {
  if (isUnopened(personal)) return personal.layers;
  return isErased(personal) ? undefined : [{ open: personal }];
};

const fieldsIn = (layer: Layer): readonly string[] => ('open' in layer ? [] : (layer.fields ?? []));

/** Drops layers that later ones cover completely: after a hundred changes of a field only the last is kept. */
const visible = (layers: readonly Layer[]): readonly Layer[] => {
  const covered = new Set<string>();
  const isVisible = (layer: Layer): boolean => {
    const fields = fieldsIn(layer);
    const shows = fields.length === 0 || fields.some((field) => !covered.has(field));
    for (const field of fields) covered.add(field);
    return shows;
  };
  return layers.toReversed().filter(isVisible).toReversed();
};

const stack = (known: object, change: object): Erased => {
  const [below, above] = [layersOf(known), layersOf(change)];
  if (below === undefined || above === undefined) return ERASED;
  const mark: Unopened = { ...ERASED, layers: visible([...below, ...above]) };
  return mark;
};

/** One key seals all personal data of a customer, so an erasure covers all of it. */
export const mergePersonal = <T extends object>(
  known: Personal<T>,
  change: Personal<Partial<NoInfer<T>>> | undefined,
): Personal<T> => {
  if (change === undefined) return known;
  return isErased(known) || isErased(change) ? stack(known, change) : { ...known, ...change };
};

/** One field of personal data; `null` if it was never given. */
export const personalField = <T extends object, K extends keyof T & string>(
  personal: Personal<T> | undefined,
  field: K,
): Personal<NonNullable<T[K]>> | null => {
  if (personal === undefined) return null;
  if (!isErased(personal)) return personal[field] ?? null;
  return isUnopened(personal) ? unopenedField(personal, field) : ERASED;
};

const unopenedField = ({ layers }: Unopened, field: string): Unopened => ({ ...ERASED, layers, field });
