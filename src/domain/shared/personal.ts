import { ERASED, isErased, type Erased, type Personal } from './decider.ts';

/**
 * An event's personal data as the store keeps it: sealed with a key, for this event alone. `fields` names what is in it; of
 * the first event of a stream that is not said.
 */
export type Envelope = {
  readonly event: string;
  readonly key: string;
  readonly sealed: string;
  readonly fields?: readonly string[];
};

type Layer = { readonly open: object } | Envelope;

/**
 * Stands for personal data that is folded without being opened, and is as good as erased to a reader that does not open it.
 * It becomes its layers, the later over the earlier, or one field of what they are together.
 */
export type Unopened = Erased & { readonly layers: readonly Layer[]; readonly field?: string };

export const unopened = (envelope: Envelope): Unopened => ({ ...ERASED, layers: [envelope] });

export const isUnopened = (value: object): value is Unopened => isErased(value) && 'layers' in value;

const fieldOf = (value: object, field: string): unknown => (value as Readonly<Record<string, unknown>>)[field];

/** Opens what was folded unopened. `open` answers nothing for an envelope whose key was destroyed. */
export const openLayers = ({ layers, field }: Unopened, open: (envelope: Envelope) => object | undefined): unknown => {
  let merged: object = {};
  for (const layer of layers) {
    const part = 'open' in layer ? layer.open : open(layer);
    if (part === undefined) return ERASED;
    merged = { ...merged, ...part };
  }
  return field === undefined ? merged : (fieldOf(merged, field) ?? null);
};

const layersOf = (personal: object): readonly Layer[] | undefined => {
  if (isUnopened(personal)) return personal.layers;
  return isErased(personal) ? undefined : [{ open: personal }];
};

const fieldsIn = (layer: Layer): readonly string[] => ('open' in layer ? [] : (layer.fields ?? []));

/** Without layers of which nothing shows any more: what was changed a hundred times is its last change. */
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

/** One key seals all that is personal about a customer, so what is erased anywhere is erased everywhere. */
export const mergePersonal = <T extends object>(
  known: Personal<T>,
  change: Personal<Partial<NoInfer<T>>> | undefined,
): Personal<T> => {
  if (change === undefined) return known;
  return isErased(known) || isErased(change) ? stack(known, change) : { ...known, ...change };
};

/** One field of what is personal; `null` where it was never said. */
export const personalField = <T extends object, K extends keyof T & string>(
  personal: Personal<T> | undefined,
  field: K,
): Personal<NonNullable<T[K]>> | null => {
  if (personal === undefined) return null;
  if (!isErased(personal)) return personal[field] ?? null;
  return isUnopened(personal) ? unopenedField(personal, field) : ERASED;
};

const unopenedField = ({ layers }: Unopened, field: string): Unopened => ({ ...ERASED, layers, field });
