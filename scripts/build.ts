/** `npm run build`: the program, and what `/docs` and `/redoc` serve. Types are `npm run check`'s business. */
import { bundle } from './bundle.ts';
import { copyViewers } from './copy-viewers.ts';

await bundle();
await copyViewers();
