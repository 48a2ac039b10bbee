import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { OpenApiDocument } from '../documentation/openapi.ts';
import type { Page } from './page.ts';

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

const html = (path: string, title: string, body: string): Page => {
  const content = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
${body}
</html>
`;
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY };
  return { path, serve: () => Promise.resolve({ status: 200, content, headers }) };
};

const SWAGGER = `<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>`;

const START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

const REDOC = `</head>
<body><redoc spec-url="/openapi.json" hide-download-button></redoc>
<script src="/redoc/redoc.standalone.js"></script></body>`;

const SCRIPT = 'text/javascript; charset=utf-8';

/** Written when it is first asked for: most processes never are. */
const text = (path: string, type: string, write: () => string | Promise<string>): Page => {
  let content: Promise<string> | undefined;
  const headers = { 'Content-Type': type };
  return {
    path,
    serve: async () => ({ status: 200, content: await (content ??= Promise.resolve(write())), headers }),
  };
};

const toYaml = async (document: object): Promise<string> => {
  const { stringify } = await import('yaml');
  return stringify(document, { aliasDuplicateObjects: false });
};

/** A file of an npm package, read when it is first asked for. */
const packaged = (path: string, type: string, module: string): Page => {
  const file = createRequire(import.meta.url).resolve(module);
  let content: Promise<Buffer> | undefined;
  const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=3600' };
  return { path, serve: async () => ({ status: 200, content: await (content ??= readFile(file)), headers }) };
};

/** The API's documents, and two viewers for them. */
export const documentationPages = (openApi: OpenApiDocument, postman: object): readonly Page[] => [
  text('/openapi.json', 'application/json', () => JSON.stringify(openApi)),
  text('/openapi.yaml', 'application/yaml', () => toYaml(openApi)),
  text('/postman.json', 'application/json', () => JSON.stringify(postman)),
  html('/docs', 'Waybill API', SWAGGER),
  text('/docs/start.js', SCRIPT, () => START),
  packaged('/docs/swagger-ui.css', 'text/css; charset=utf-8', 'swagger-ui-dist/swagger-ui.css'),
  packaged('/docs/swagger-ui-bundle.js', SCRIPT, 'swagger-ui-dist/swagger-ui-bundle.js'),
  html('/redoc', 'Waybill API', REDOC),
  packaged('/redoc/redoc.standalone.js', SCRIPT, 'redoc/bundles/redoc.standalone.js'),
];
