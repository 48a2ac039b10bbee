import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { SITE_FOLDER, VIEWER_FILES } from '../src/http/server/site/viewer-files.ts';

const LICENCES = {
  'swagger-ui-dist/LICENSE': 'swagger-ui.LICENSE',
  'swagger-ui-dist/NOTICE': 'swagger-ui.NOTICE',
  'redoc/LICENSE': 'redoc.LICENSE',
  'redoc/bundles/redoc.standalone.js.LICENSE.txt': 'redoc.standalone.js.LICENSE.txt',
};

const { resolve } = createRequire(import.meta.url);
const copies = [
  ...Object.values(VIEWER_FILES).map((module) => [module, basename(module)]),
  ...Object.entries(LICENCES),
];

/** Copies what `/docs` and `/redoc` serve, with its licences, from its packages into `dist/site`. */
export const copyViewers = async (): Promise<void> => {
  await mkdir(SITE_FOLDER, { recursive: true });
  for (const [module = '', name = ''] of copies) await copyFile(resolve(module), new URL(name, SITE_FOLDER));
};
