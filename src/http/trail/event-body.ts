import { isErased } from '../../domain/shared/decider.ts';
import type { Recorded } from '../../event-store/recorded.ts';

const dataOf = ({ fact: { data } }: Recorded): object =>
  'personal' in data && typeof data.personal === 'object' && isErased(data.personal)
    ? { ...data, personal: null }
    : data;

/** An event as the audit trail shows it: as it was recorded, amounts in minor units. */
export const eventBody = (recorded: Recorded) => {
  const { id, stream, revision, position, fact, metadata } = recorded;
  const { actor, correlation_id, causation_id, schema_version, recorded_at, hash } = metadata;
  return {
    id,
    type: fact.type,
    stream,
    revision: String(revision),
    position: String(position),
    recorded_at,
    data: dataOf(recorded),
    metadata: { actor, correlation_id, causation_id, schema_version },
    hash,
  };
};
