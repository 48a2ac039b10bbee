/** The files of the two viewers, by package and path. Each is one bundle: `npm run build` copies them into dist/site. */
export const VIEWER_FILES = {
  swaggerStyle: 'swagger-ui-dist/swagger-ui.css',
  swaggerScript: 'swagger-ui-dist/swagger-ui-bundle.js',
  redocScript: 'redoc/bundles/redoc.standalone.js',
} as const;

/** Where the copies are, whether this module runs compiled or from its source. */
export const SITE_FOLDER = new URL('../../../../dist/site/', import.meta.url);
