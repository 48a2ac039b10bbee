/** `npm run release:openapi`: keeps the OpenAPI document of this version; the next one must not break it. */
import { writeFileSync } from 'node:fs';
import { openApi } from '../src/http/server/documentation/openapi.ts';
import { VERSION } from '../src/app/version.ts';
import { RELEASED } from './compatibility/released.ts';
import { SPECS } from '../src/http/specs.ts';

const file = new URL(`openapi-${VERSION}.json`, RELEASED);
const text = `${JSON.stringify(openApi(SPECS, VERSION), undefined, 1)}\n`;

writeFileSync(file, text);
console.log(`docs/released/openapi-${VERSION}.json is the document of ${VERSION}`);
