import type { Config } from '../../config/index.ts';
import { createHttpService, type HttpService } from '../../gateways/http/index.ts';
import type { Logger } from '../../platform/logging.ts';

export type MerchantServiceName = 'cart' | 'product' | 'customer' | 'auth' | 'user' | 'notification';

/** One of the merchant's services as configured; undefined if it has no URL. */
export const merchantService = (
  { services }: Config,
  name: MerchantServiceName,
  log: Logger,
): HttpService | undefined => {
  const { [name]: url, timeoutMs, apiKey, bearer } = services;
  return url === undefined ? undefined : createHttpService({ name, url, timeoutMs, apiKey, bearer, log });
};
