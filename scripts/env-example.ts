/** Writes `.env.example` from the table of variables: `node --import tsx scripts/env-example.ts`. */
import { writeFileSync } from 'node:fs';
import { envExample } from '../src/config/env-example.ts';

writeFileSync(new URL('../.env.example', import.meta.url), envExample());
