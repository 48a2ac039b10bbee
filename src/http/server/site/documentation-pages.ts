import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { stringify } from 'yaml';
import { compressOnce } from '../compression.ts';
import type { OpenApiDocument } from '../documentation/openapi.ts';
import type { Page } from './page.ts';
import { SITE_FOLDER, VIEWER_FILES } from './viewer-files.ts';

/** Everything is served from here: no inline script, no other host. Both viewers set styles of their own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Made or read when it is first asked for, which most processes never are, and then kept, compressed as well. */
const page = (path: string, headers: Readonly<Record<string, string>>, read: () => Promise<Buffer>): Page => {
  const open = async () => {
    const content = await read();
    return { content, compressed: compressOnce(content) };
  };
  let opened: ReturnType<typeof open> | undefined;
  return { path, serve: async () => ({ status: 200, ...(await (opened ??= open())), headers }) };
};

const text = (path: string, type: string, write: () => string | Promise<string>): Page =>
  page(path, { 'Content-Type': type }, async () => Buffer.from(await write()));

const html = (path: string, title: string, body: string): Page => {
  const content = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
${body}
</html>
`;
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY };
  return page(path, headers, () => Promise.resolve(Buffer.from(content)));
};

const SWAGGER = `<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>`;

const START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

const REDOC = `</head>
<body><redoc spec-url="/openapi.json" hide-download-button></redoc>
<script src="/redoc/redoc.standalone.js"></script></body>`;

const SCRIPT = 'text/javascript; charset=utf-8';

const toYaml = (document: object): string => stringify(document, { aliasDuplicateObjects: false });

/**
 * A file of a viewer: the copy that the build put into dist, so that a production install needs none of their packages.
 * Sources that were never built take it from the package.
 */
const asset = (path: string, type: string, module: string): Page =>
  page(path, { 'Content-Type': type, 'Cache-Control': 'public, max-age=3600' }, () =>
    readFile(new URL(basename(module), SITE_FOLDER)).catch(() =>
      readFile(createRequire(import.meta.url).resolve(module)),
    ),
  );

/** The API's documents, and two viewers for them. */
export const documentationPages = (openApi: OpenApiDocument, postman: object): readonly Page[] => [
  text('/openapi.json', 'application/json', () => JSON.stringify(openApi)),
  text('/openapi.yaml', 'application/yaml', () => toYaml(openApi)),
  text('/postman.json', 'application/json', () => JSON.stringify(postman)),
  html('/docs', 'Waybill API', SWAGGER),
  text('/docs/start.js', SCRIPT, () => START),
  asset('/docs/swagger-ui.css', 'text/css; charset=utf-8', VIEWER_FILES.swaggerStyle),
  asset('/docs/swagger-ui-bundle.js', SCRIPT, VIEWER_FILES.swaggerScript),
  html('/redoc', 'Waybill API', REDOC),
  asset('/redoc/redoc.standalone.js', SCRIPT, VIEWER_FILES.redocScript),
];
