/** Writes `docs/api.md` from the route specs: `node --import tsx scripts/api-docs.ts`. */
import { writeFileSync } from 'node:fs';
import { apiMarkdown } from '../src/http/server/documentation/api-markdown.ts';
import { REJECTIONS } from '../src/http/rejections.ts';
import { SPECS } from '../src/http/specs.ts';

writeFileSync(new URL('../docs/api.md', import.meta.url), apiMarkdown(SPECS, REJECTIONS));
