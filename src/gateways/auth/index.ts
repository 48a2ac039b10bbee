export { createValidateToken } from './http.ts';
