import type { Devices } from '../../notifications/push/devices.ts';
import { route, type Replay, type Route } from '../server/route.ts';
import { optionalNullable, strictObject, text } from '../server/schemas/fields.ts';
import { maybe, shape, time } from '../server/schemas/response-parts.ts';

export type DevicesDeps = { readonly devices: Devices };

const TAG = 'Devices';
const token = () =>
  text({ min: 1, max: 4_096, description: 'What the push service calls the device.', example: 'dGhpcyBpcw:APA91b' });

const device = shape({ platform: maybe.text(), registered_at: time() }, 'Device');

const replayKept: Replay = (_request, _place, status, body) => Promise.resolve({ status, body });

/** Where a customer wants to be told what becomes of their orders. */
export const deviceRoutes = ({ devices }: DevicesDeps): readonly Route[] => [
  route(
    {
      methods: ['PUT'],
      path: '/me/devices',
      operationId: 'registerDevice',
      tag: TAG,
      summary: 'Register a device for push notifications',
      description: 'Again and again does no harm. A device belongs to whoever registered it last.',
      permission: { customer: 'own' },
      body: strictObject(
        { token: token(), platform: optionalNullable(text({ max: 50, example: 'android' })) },
        { component: 'RegisterDeviceRequest' },
      ),
      example: { token: 'dGhpcyBpcw:APA91b', platform: 'android' },
      answers: {
        200: {
          description: 'It is registered. The token is not shown.',
          body: device,
          example: { platform: 'android', registered_at: '2026-03-01T12:00:00.000Z' },
        },
      },
    },
    async ({ body, caller, at }) => {
      const platform = body.platform ?? null;
      await devices.register({ customer_id: caller.id, token: body.token, platform });
      return { status: 200, body: { platform, registered_at: at }, keepsBody: true };
    },
    replayKept,
  ),
  route(
    {
      methods: ['DELETE'],
      path: '/me/devices',
      operationId: 'forgetDevice',
      tag: TAG,
      summary: 'Forget a device',
      permission: { customer: 'own' },
      body: strictObject({ token: token() }, { component: 'ForgetDeviceRequest' }),
      example: { token: 'dGhpcyBpcw:APA91b' },
      answers: { 204: { description: 'It is told nothing more.' } },
    },
    async ({ body, caller }) => {
      await devices.forget({ customer_id: caller.id, token: body.token });
      return { status: 204 };
    },
    replayKept,
  ),
];
