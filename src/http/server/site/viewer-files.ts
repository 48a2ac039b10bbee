import { ownFile } from '../../../platform/own-files.ts';

/** The files of the two viewers, by package and path. Each is one bundle: `npm run build` copies them into dist/site. */
export const VIEWER_FILES = {
  swaggerStyle: 'swagger-ui-dist/swagger-ui.css',
  swaggerScript: 'swagger-ui-dist/swagger-ui-bundle.js',
  redocScript: 'redoc/bundles/redoc.standalone.js',
} as const;

/** Where the copies are. */
export const SITE_FOLDER = ownFile('dist/site/');
