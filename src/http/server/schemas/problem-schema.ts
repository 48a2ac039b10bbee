import { Type } from '@sinclair/typebox';

/** The body of a rejection or failure: RFC 9457. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:waybill:problem:<code>' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'The error, and how to correct it.' }),
    instance: Type.String(),
    code: Type.String({ description: 'Stable: program against this.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ field: Type.String(), message: Type.String(), received: Type.Optional(Type.Unknown()) }),
      ),
    ),
    current_status: Type.Optional(Type.String()),
    allowed_actions: Type.Optional(Type.Array(Type.String())),
    request_id: Type.String(),
  },
  { component: 'Problem' },
);
