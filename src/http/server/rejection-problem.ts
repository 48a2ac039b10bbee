import type { JsonValue } from '../../event-store/port.ts';
import { Problem } from './problem.ts';
import type { AnyRejection, Code, Entries, Entry } from './rejection-entry.ts';

/** Facts of a rejection that a caller can act on and may see. */
const FACTS = ['current_status', 'shipment_status', 'allowed_actions', 'known_actions', 'left'] as const;

const factsOf = (rejection: AnyRejection): { readonly [name: string]: JsonValue } =>
  Object.fromEntries(Object.entries(rejection).filter(([name]) => (FACTS as readonly string[]).includes(name)));

/** A rule's rejection as an HTTP problem, by its entry in the table. */
export const rejectionProblem = (table: Entries<Code>, rejection: AnyRejection): Problem => {
  // The entry under a rejection's own code takes exactly that rejection.
  const { status, title, sentence, field, fields } = table[rejection.rejected] as unknown as Entry<never>;
  const of = rejection as never;
  return new Problem({
    status,
    title,
    code: rejection.rejected,
    detail: sentence(of),
    facts: factsOf(rejection),
    ...(field && { errors: [field(of)] }),
    ...(fields && { errors: fields(of) }),
  });
};
