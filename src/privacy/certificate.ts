import type { Knex } from 'knex';
import { signStatement, type LogKeys } from '../audit/index.ts';
import { canonicalJson } from '../event-store/canonical-json.ts';
import { masterKeyId } from '../platform/master-key.ts';
import type { Erasure, Kept, LookedAgain } from './erasures.ts';
import { COLUMNS, EVENT_FIELDS, METADATA_FIELDS } from './personal-data.ts';

const FORMAT = 'waybill-erasure/v1';

/** What an erasure has done. It names no person: only the row of the erasure says which customer it was. */
export type CertificateContent = {
  readonly format: typeof FORMAT;
  readonly erasure: string;
  readonly destroyed_at: string;
  readonly destroyed: {
    /** Data keys, and with them everything that they sealed. */
    readonly keys: readonly string[];
    readonly rows: Readonly<Record<string, number>>;
    readonly files: number;
  };
  readonly kept: readonly (Kept & { readonly what: 'documents'; readonly why: string })[];
  /** What stays in clear. */
  readonly residual: readonly { readonly what: readonly string[]; readonly why: string }[];
  readonly looked_again: Omit<LookedAgain, 'late'> & { readonly late: number };
  /**
   * Backups of the database from before `destroyed_at` have the keys, wrapped by the master key of that time. Since
   * `unreadable_since` another master key is in use; they are unreadable where the old one was destroyed. Null: it still is.
   */
  readonly backups: { readonly made_before: string; readonly unreadable_since: string | null };
};

/** `note`: the content signed by the key of the log, as a C2SP signed note; null: LOG_KEY is off. */
export type Certificate = { readonly content: CertificateContent; readonly note: string | null };

const WHY_KEPT =
  'an invoice must name its buyer for as long as books must be kept; only admins and auditors can read it';

/** What stays in clear, by the reason, as the map of personal data has it. */
const residualData = (): CertificateContent['residual'] => {
  const byReason = new Map<string, Set<string>>();
  const note = (name: string, why: string | undefined): void => {
    if (why !== undefined) byReason.set(why, (byReason.get(why) ?? new Set()).add(name));
  };
  for (const fields of [EVENT_FIELDS, METADATA_FIELDS])
    for (const [name, { why }] of Object.entries(fields)) note(name, why);
  for (const [name, { why, export: isTheirs }] of Object.entries(COLUMNS)) if (isTheirs) note(name, why);
  return [...byReason].map(([why, names]) => ({ what: [...names].toSorted(), why }));
};

export type CertifyDeps = {
  readonly db: Knex;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** Undefined: certificates are not signed. */
  readonly keys: LogKeys | undefined;
  readonly origin?: string | undefined;
};

/** Since when the master key that wrapped these keys is no longer the one in use; null: it is, or that is not known. */
const unreadableSince = async (
  { db, masterKey }: CertifyDeps,
  masterIds: readonly (string | null)[],
): Promise<string | null> => {
  const current = masterKeyId(masterKey);
  if (masterIds.length === 0 || masterIds.some((id) => id === null || id === current)) return null;
  const canary = await db<{ since: Date }>('master_key_canary').first('since');
  return canary?.since.toISOString() ?? null;
};

/** Undefined: the erasure is not done. */
export const certify = async (
  deps: CertifyDeps,
  { id, steps: { record, destroy, delete: deleted, look_again } }: Erasure,
): Promise<Certificate | undefined> => {
  if (record === undefined || destroy === undefined || deleted === undefined || look_again === undefined)
    return undefined;
  const { streams, events, since, late } = look_again;
  const content: CertificateContent = {
    format: FORMAT,
    erasure: id,
    destroyed_at: destroy.at,
    destroyed: { keys: record.destroyed.map(({ key_id }) => key_id), rows: deleted.rows, files: deleted.files },
    kept: record.kept.map((kept) => ({ what: 'documents', ...kept, why: WHY_KEPT })),
    residual: residualData(),
    looked_again: { streams, events, since, late: late.length },
    backups: {
      made_before: destroy.at,
      unreadable_since: await unreadableSince(
        deps,
        record.destroyed.map(({ master_id }) => master_id),
      ),
    },
  };
  const { db, keys, origin } = deps;
  const signed = { kind: FORMAT, text: canonicalJson(content), at: new Date(look_again.at) };
  return { content, note: keys === undefined ? null : await signStatement(db, { keys, origin }, signed) };
};
