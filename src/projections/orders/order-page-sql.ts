import { columnOf, type Cursor, type OrderSort } from '../list/cursor.ts';
import { conditionsOf, whereSql, type Condition, type OrderFilters } from './order-filters.ts';

/** A page as SQL sees it: backwards is the same walk the other way, turned round afterwards. */
export type Walk = {
  readonly filters: OrderFilters;
  readonly sort: OrderSort;
  readonly isBackwards: boolean;
  readonly cursor: Cursor | undefined;
  readonly offset: number;
  /** Most rows to find. */
  readonly limit: number;
};

const SQL_TYPE = { created_at: 'timestamptz', updated_at: 'timestamptz', total: 'numeric' } as const;

const beyond = (cursor: Cursor | undefined, isDescending: boolean): readonly Condition[] => {
  if (cursor === undefined) return [];
  const column = columnOf(cursor.sort);
  const sql = `(${column}, id) ${isDescending ? '<' : '>'} (?::${SQL_TYPE[column]}, ?::uuid)`;
  return [{ sql, bindings: [cursor.value, cursor.id] }];
};

/**
 * Finds the page in an index first and visits its rows then. Several statuses are walked one by one and merged: no
 * index has the orders of two statuses in one sequence.
 */
export const orderPageSql = ({ filters, sort, isBackwards, cursor, offset, limit }: Walk): Condition => {
  const column = columnOf(sort);
  const isDescending = sort.startsWith('-') !== isBackwards;
  const direction = isDescending ? 'desc' : 'asc';
  const { status = [], ...others } = filters;
  const statuses = status.length === 0 ? [undefined] : [...new Set(status)];

  const branches = statuses.map((one): Condition => {
    const conditions = conditionsOf(one === undefined ? others : { ...others, status: [one] });
    const { sql, bindings } = whereSql([...conditions, ...beyond(cursor, isDescending)]);
    return {
      sql: `(select id, ${column} from order_list ${sql} order by ${column} ${direction}, id ${direction} limit ?)`,
      bindings: [...bindings, offset + limit],
    };
  });
  return {
    sql: `select o.id, o.revision, o.total::text as total, o.state
      from (select * from (${branches.map(({ sql }) => sql).join(' union all ')}) branches
        order by ${column} ${direction}, id ${direction} offset ? limit ?) found
      join order_list o on o.id = found.id
      order by found.${column} ${direction}, found.id ${direction}`,
    bindings: [...branches.flatMap(({ bindings }) => bindings), offset, limit],
  };
};
