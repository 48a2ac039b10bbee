import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from '../route.ts';

/** Something for people or tools that is no operation of the API: a page, a script, a document. */
export type Page = { readonly path: string; readonly serve: (headers: IncomingHttpHeaders) => Promise<Reply> };
