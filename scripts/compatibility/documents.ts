import { follow, isSchema, requestBreaks, responseBreaks, schemaAt, type Schema, type Side } from './schemas.ts';

/** One operation in both documents. */
type Pair = {
  readonly name: string;
  readonly old: Schema;
  readonly now: Schema;
  readonly documents: readonly [Schema, Schema];
};

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

const sides = ({ documents: [before, after] }: Pair, old: Schema, now: Schema): readonly [Side, Side] => [
  { document: before, schema: old },
  { document: after, schema: now },
];

const parametersOf = (document: Schema, operation: Schema): ReadonlyMap<string, Schema> => {
  const listed = Array.isArray(operation['parameters']) ? operation['parameters'].filter(isSchema) : [];
  const followed = listed.map((parameter) => follow(document, parameter));
  return new Map(followed.map((parameter) => [`${String(parameter['in'])} ${String(parameter['name'])}`, parameter]));
};

const parameterBreaks = (pair: Pair): readonly string[] => {
  const { name, documents } = pair;
  const old = parametersOf(documents[0], pair.old);
  const now = parametersOf(documents[1], pair.now);
  const added = [...now].filter(
    ([key, parameter]) => parameter['required'] === true && old.get(key)?.['required'] !== true,
  );
  return [
    ...added.map(([key]) => `${name}: the parameter ${key} is now required`),
    ...[...old].flatMap(([key, parameter]) => {
      const kept = now.get(key);
      if (kept === undefined) return [`${name}: the parameter ${key} is gone`];
      const [before, after] = sides(pair, schemaAt(parameter, 'schema'), schemaAt(kept, 'schema'));
      return requestBreaks(before, after, `${name}: the parameter ${key}`);
    }),
  ];
};

const mediaBreaks = (
  pair: Pair,
  old: Schema,
  now: Schema,
  at: string,
  compare: typeof requestBreaks,
): readonly string[] =>
  Object.entries(old).flatMap(([type, media]) => {
    if (!(type in now)) return [`${at} no longer comes as ${type}`];
    if (!isSchema(media) || !isSchema(media['schema'])) return [];
    const [before, after] = sides(pair, media['schema'], schemaAt(schemaAt(now, type), 'schema'));
    return compare(before, after, at);
  });

const bodyBreaks = (pair: Pair): readonly string[] => {
  const at = `${pair.name}: the body`;
  const [old, now] = [schemaAt(pair.old, 'requestBody'), schemaAt(pair.now, 'requestBody')];
  if (pair.old['requestBody'] !== undefined && pair.now['requestBody'] === undefined) return [`${at} is gone`];
  return [
    ...(now['required'] === true && old['required'] !== true ? [`${at} is now required`] : []),
    ...mediaBreaks(pair, schemaAt(old, 'content'), schemaAt(now, 'content'), at, requestBreaks),
  ];
};

/** Rejections may come and go; the form of a success must stay. */
const answerBreaks = (pair: Pair): readonly string[] =>
  Object.entries(schemaAt(pair.old, 'responses')).flatMap(([status, answer]) => {
    if (!status.startsWith('2') || !isSchema(answer)) return [];
    const at = `${pair.name}: the answer ${status}`;
    const now = schemaAt(pair.now, 'responses')[status];
    if (!isSchema(now)) return [`${at} is gone`];
    const [old, kept] = [follow(pair.documents[0], answer), follow(pair.documents[1], now)];
    return mediaBreaks(pair, schemaAt(old, 'content'), schemaAt(kept, 'content'), at, responseBreaks);
  });

const securityOf = (document: Schema, operation: Schema): readonly string[] => {
  const found = operation['security'] ?? document['security'] ?? [];
  return Array.isArray(found) ? found.map((one) => JSON.stringify(one)) : [];
};

/** Without requirements, every caller may call. */
const securityBreaks = ({ name, old, now, documents: [before, after] }: Pair): readonly string[] => {
  const [was, is] = [securityOf(before, old), securityOf(after, now)];
  if (is.length === 0 || is.includes('{}')) return [];
  if (was.length === 0) return [`${name}: credentials are now demanded`];
  return was.filter((one) => !is.includes(one)).map((one) => `${name}: the credentials ${one} no longer do`);
};

const permissionBreaks = ({ name, old, now }: Pair): readonly string[] => {
  if (now['x-permission'] === undefined) return [];
  const kept = schemaAt(now, 'x-permission');
  return Object.entries(schemaAt(old, 'x-permission')).flatMap(([role, relation]) =>
    kept[role] === relation || kept[role] === 'any'
      ? []
      : [`${name}: the role ${role} may no longer do it (${String(relation)})`],
  );
};

const operationBreaks = (pair: Pair): readonly string[] => [
  ...(pair.old['operationId'] === pair.now['operationId'] ? [] : [`${pair.name}: it has another operationId`]),
  ...parameterBreaks(pair),
  ...bodyBreaks(pair),
  ...answerBreaks(pair),
  ...securityBreaks(pair),
  ...permissionBreaks(pair),
];

/** `/orders/{id}` and `/orders/{order}` are the same address. */
const address = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');

/** Everything in which a client of the one OpenAPI document could fail against the other. */
export const breaksBetween = (before: Schema, after: Schema): readonly string[] => {
  const paths = new Map(Object.entries(schemaAt(after, 'paths')).map(([path, item]) => [address(path), item]));
  return Object.entries(schemaAt(before, 'paths')).flatMap(([path, item]) => {
    const kept = paths.get(address(path));
    if (!isSchema(item)) return [];
    if (!isSchema(kept)) return [`${path} is gone`];
    return METHODS.flatMap((method) => {
      const [old, now] = [item[method], kept[method]];
      const name = `${method.toUpperCase()} ${path}`;
      if (!isSchema(old)) return [];
      return isSchema(now) ? operationBreaks({ name, old, now, documents: [before, after] }) : [`${name} is gone`];
    });
  });
};
