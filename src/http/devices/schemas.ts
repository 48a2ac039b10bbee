import { optionalText, strictObject, text } from '../server/schemas/fields.ts';
import { maybe, shape, time } from '../server/schemas/response-parts.ts';

const token = () =>
  text({
    min: 1,
    max: 4_096,
    description: 'The push service’s token for the device.',
    example: 'dGhpcyBpcw:APA91b',
  });

export const registerDeviceBody = strictObject(
  { token: token(), platform: optionalText({ max: 50, example: 'android' }) },
  { component: 'RegisterDeviceRequest' },
);

export const forgetDeviceBody = strictObject({ token: token() }, { component: 'ForgetDeviceRequest' });

export const deviceResponse = shape({ platform: maybe.text(), registered_at: time() }, 'Device');
