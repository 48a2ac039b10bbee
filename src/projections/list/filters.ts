/** The requested filters, by name. Rows must match all of them. */
export type Filters = { readonly [name: string]: string | readonly string[] | undefined };

export type Condition = { readonly sql: string; readonly bindings: readonly (string | number | string[])[] };

/** Compares a column with the requested value. */
export type Filter = (value: string | readonly string[]) => Condition;

/** A filter for each name that the list knows. */
export type FiltersOf<F extends Filters> = { readonly [Name in keyof F & string]-?: Filter };

const comparing =
  (operator: '=' | '>=' | '<=') =>
  (column: string, type = 'text'): Filter =>
  (value) => ({ sql: `${column} ${operator} ?::${type}`, bindings: [typeof value === 'string' ? value : [...value]] });

export const equals = comparing('=');
export const atLeast = comparing('>=');
export const atMost = comparing('<=');

/** One value is compared by `=`, because an index then keeps its order. */
export const anyOf =
  (column: string): Filter =>
  (value) => {
    const values = typeof value === 'string' ? [value] : value;
    return values.length === 1
      ? { sql: `${column} = ?`, bindings: [...values] }
      : { sql: `${column} = any(?::text[])`, bindings: [[...values]] };
  };

/** Each word stands for a column that is true or false. */
export const flagged =
  (columns: Readonly<Record<string, string>>): Filter =>
  (value) => ({ sql: (typeof value === 'string' ? columns[value] : undefined) ?? 'false', bindings: [] });

/** The conditions of the filters that are given; an empty list of values is none. */
export const conditionsOf = (known: Readonly<Record<string, Filter>>, filters: Filters): readonly Condition[] =>
  Object.entries(known).flatMap(([name, filter]) => {
    const value = filters[name];
    return value === undefined || value.length === 0 ? [] : [filter(value)];
  });

export const whereSql = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0
    ? { sql: '', bindings: [] }
    : {
        sql: `where ${conditions.map(({ sql }) => sql).join(' and ')}`,
        bindings: conditions.flatMap(({ bindings }) => bindings),
      };
