import type { Knex } from 'knex';
import { unhurried } from '../../platform/database.ts';

/**
 * What operators hung on a read model's table: rights, and views, also materialized ones, with their own rights and
 * indexes. A rebuild puts another table in its place, so they are read before and made again after, in the same
 * transaction. A materialized view that was filled is filled again, and readers of the table wait for it.
 */
export type Dependants = { readonly views: readonly View[]; readonly statements: readonly string[] };

type View = { readonly name: string; readonly drop: string; readonly create: string };

/** Rights on a table or view, and on its columns, as statements that give them again. */
const GRANTS = `
  select format('grant %s%s on %s to %s%s', g.privilege_type, coalesce(' (' || quote_ident(g.attname) || ')', ''), g.name,
    case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
    case when g.is_grantable then ' with grant option' else '' end) as statement
  from (
    select c.oid::regclass::text as name, null::name as attname, c.relowner, a.*
    from pg_class c, aclexplode(c.relacl) a where c.oid = any (?::regclass[])
    union all
    select c.oid::regclass::text, t.attname, c.relowner, a.*
    from pg_class c join pg_attribute t on t.attrelid = c.oid and not t.attisdropped, aclexplode(t.attacl) a
    where c.oid = any (?::regclass[])
  ) g where g.grantee <> g.relowner`;

/** Views on the table and on those views, materialized or not, each after what it reads. */
const VIEWS = `
  with recursive found as (
    select ?::regclass::oid as oid, 0 as depth
    union
    select c.oid, f.depth + 1
    from found f
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = f.oid and d.classid = 'pg_rewrite'::regclass
    join pg_rewrite r on r.oid = d.objid
    join pg_class c on c.oid = r.ev_class and c.oid <> f.oid and c.relkind in ('v', 'm')
  )
  select c.oid::regclass::text as name, format('drop %s %s', k.kind, c.oid::regclass) as drop,
    format('create %s %s%s as %s%s', k.kind, c.oid::regclass,
      coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''), rtrim(pg_get_viewdef(c.oid), ';'),
      case when c.relispopulated then '' else ' with no data' end) as "create",
    array(select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = c.oid order by i.indexrelid) as indexes,
    case when c.relowner = (select usesysid from pg_user where usename = current_user) then null
      else format('alter %s %s owner to %I', k.kind, c.oid::regclass, pg_get_userbyid(c.relowner)) end as owner
  from (select oid, max(depth) as depth from found where depth > 0 group by oid) f
  join pg_class c on c.oid = f.oid
  cross join lateral (select case c.relkind when 'm' then 'materialized view' else 'view' end as kind) k
  order by f.depth`;

type FoundView = View & { readonly indexes: readonly string[]; readonly owner: string | null };

export const dependantsOf = async (tx: Knex, table: string): Promise<Dependants> => {
  const { rows: views } = await tx.raw<{ rows: readonly FoundView[] }>(VIEWS, [table]);
  const granting = [table, ...views.map(({ name }) => name)];
  const { rows: grants } = await tx.raw<{ rows: readonly { readonly statement: string }[] }>(GRANTS, [
    granting,
    granting,
  ]);
  const owners = views.flatMap(({ owner }) => (owner === null ? [] : [owner]));
  return {
    views,
    statements: [
      ...views.flatMap(({ create, indexes }) => [create, ...indexes]),
      ...grants.map(({ statement }) => statement),
      ...owners,
    ],
  };
};

/** Before the table is dropped: the views on it, last first. */
export const dropViews = async (tx: Knex, { views }: Dependants): Promise<void> => {
  for (const { drop } of views.toReversed()) await tx.raw(drop);
};

export const restoreDependants = async (tx: Knex, { statements }: Dependants): Promise<void> => {
  await tx.raw('set local statement_timeout = 0'); // a materialized view takes as long as it takes
  for (const statement of statements) await unhurried(tx.raw(statement.replaceAll('?', '\\?')));
};

/** Takes the rights on a table back from all but its owner: it is no longer what they were granted on. */
export const revokeRights = async (tx: Knex, table: string): Promise<void> => {
  const { rows } = await tx.raw<{ rows: readonly { readonly grantee: string }[] }>(
    `select distinct case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as grantee
     from (
       select c.oid, c.relowner, a.grantee from pg_class c, aclexplode(c.relacl) a
       union
       select c.oid, c.relowner, a.grantee
       from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
     ) g where oid = :table::regclass and grantee <> relowner`,
    { table },
  );
  for (const { grantee } of rows) await tx.raw(`revoke all on ${table} from ${grantee} cascade`);
};
