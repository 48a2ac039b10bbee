import { Type } from '@sinclair/typebox';
import { instant, strictObject } from '../server/schemas/fields.ts';
import { shape, time } from '../server/schemas/response-parts.ts';

export const reportPositionBody = strictObject(
  {
    latitude: Type.Number({ minimum: -90, maximum: 90, description: 'Degrees.', example: 37.9755 }),
    longitude: Type.Number({ minimum: -180, maximum: 180, description: 'Degrees.', example: 23.7348 }),
    reported_at: Type.Optional(
      instant({ description: 'When you were there. Default: now.', rule: 'must not be in the future' }),
    ),
  },
  { component: 'ReportPositionRequest' },
);

export const positionResponse = shape(
  { latitude: Type.Number(), longitude: Type.Number(), last_updated: time() },
  'DeliveryLocation',
);
