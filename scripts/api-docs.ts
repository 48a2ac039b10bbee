/** Writes `docs/api.md` from the route table: `node --import tsx scripts/api-docs.ts`. */
import { writeFileSync } from 'node:fs';
import { apiMarkdown } from '../src/http/server/documentation/api-markdown.ts';
import { routes } from './route-table.ts';

writeFileSync(new URL('../docs/api.md', import.meta.url), apiMarkdown(routes));
