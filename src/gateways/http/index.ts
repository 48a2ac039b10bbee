export { clip } from './clip.ts';
export { ServiceRejected, ServiceUnavailable } from './merchant-service.ts';
export { type HttpService, createHttpService, expectOk } from './service.ts';
