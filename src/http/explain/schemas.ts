import { Type } from '@sinclair/typebox';
import { EXPLAINED_OF_DOCUMENT } from '../../domain/document/index.ts';
import { EXPLAINED_OF_ITEM, EXPLAINED_SUMS } from '../../domain/order/index.ts';
import { EXPLAINED_OF_PAYMENT } from '../../domain/payment/index.ts';
import { EXPLAINED_OF_RETURN } from '../../domain/return/index.ts';
import { RULES } from '../../domain/shared/explanation.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { money, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

/** The amounts that can be explained, as they are written in a path. */
export const EXPLAINED = {
  order: [...EXPLAINED_SUMS, ...EXPLAINED_OF_ITEM.map((name) => `items.{item_id}.${name}`)],
  return: EXPLAINED_OF_RETURN,
  payment: EXPLAINED_OF_PAYMENT,
  document: EXPLAINED_OF_DOCUMENT,
} as const;

export const explainParams = (of: keyof typeof EXPLAINED, id: string) =>
  strictObject({
    id: Type.String({ description: `UUID or number of the ${of}.`, example: id }),
    field: Type.String({
      description: `The amount: one of ${EXPLAINED[of].join(', ')}.`,
      example: EXPLAINED[of][0],
    }),
  });

const term = shape(
  {
    label: Type.String(),
    amount: money(),
    rule: Type.Optional(words(RULES, 'A heading of docs/rules.md. Default: the rule of the amount.')),
    event: shape(
      {
        id: uuid(),
        type: Type.String(),
        stream: Type.String(),
        revision: Type.String({ description: 'Position in its stream, from 0, as a decimal string.' }),
        position: Type.String({ description: 'Position among all events, as a decimal string.' }),
        at: time(),
        actor: shape({ id: Type.String(), role: Type.String() }),
      },
      'ExplainingEvent',
    ),
  },
  'ExplainedTerm',
);

export const explanationResponse = shape(
  {
    field: Type.String(),
    amount: money(),
    currency: Type.String(),
    rule: words(RULES, 'The heading of docs/rules.md that decides the amount.'),
    terms: Type.Array(term, { description: 'They add up to the amount, exactly. Terms of 0 are left out.' }),
    rounding: Type.Optional(
      shape(
        {
          method: words(['largest_remainder']),
          share: Type.Number({ description: 'The share, rounded down; major units.' }),
          remainder: Type.Number({ description: 'The unit that it got for its remainder, or 0; major units.' }),
        },
        'Rounding',
      ),
    ),
  },
  'Explanation',
);
