import type { Devices } from '../../notifications/index.ts';
import { bind, replayKept, type Bound } from '../server/route.ts';
import { deviceSpecs } from './routes.ts';

export type DevicesDeps = { readonly devices: Devices };

export const bindDevices = ({ devices }: DevicesDeps): Bound<typeof deviceSpecs> =>
  bind(deviceSpecs, {
    registerDevice: {
      handle: async ({ body, caller, at }) => {
        const platform = body.platform ?? null;
        await devices.register({ customer_id: caller.id, token: body.token, platform });
        return { status: 200, body: { platform, registered_at: at }, keepsBody: true };
      },
      replay: replayKept,
    },
    forgetDevice: {
      handle: async ({ body, caller }) => {
        await devices.forget({ customer_id: caller.id, token: body.token });
        return { status: 204 };
      },
      replay: replayKept,
    },
  });
