export { ServiceRejected, ServiceUnavailable } from './merchant-service.ts';
export { type HttpService, clip, createHttpService, expectOk } from './service.ts';
