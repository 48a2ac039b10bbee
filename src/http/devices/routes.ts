import { defineSpecs } from '../server/spec.ts';
import { deviceResponse, forgetDeviceBody, registerDeviceBody } from './schemas.ts';

const devices = { path: '/me/devices', tag: 'Devices', permission: { customer: 'own' } } as const;

/** Where a customer receives push notifications about their orders. */
export const deviceSpecs = defineSpecs({
  registerDevice: {
    ...devices,
    methods: ['PUT'],
    summary: 'Register a device for push notifications',
    description: 'A device can be registered repeatedly; it belongs to the customer who registered it last.',
    body: registerDeviceBody,
    example: { token: 'dGhpcyBpcw:APA91b', platform: 'android' },
    answers: {
      200: {
        description: 'The device is registered. The token is not shown.',
        body: deviceResponse,
        example: { platform: 'android', registered_at: '2026-03-01T12:00:00.000Z' },
      },
    },
  },
  forgetDevice: {
    ...devices,
    methods: ['DELETE'],
    summary: 'Remove a device',
    body: forgetDeviceBody,
    example: { token: 'dGhpcyBpcw:APA91b' },
    answers: { 204: { description: 'The device receives no more notifications.' } },
  },
});
