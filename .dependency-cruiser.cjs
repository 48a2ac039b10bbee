/**
 * Which room may import which, checked by `npm run check:imports`; CONTRIBUTING.md says what each room holds.
 * test/architecture.test.ts plants a violation of every rule, so a rule that never fires is noticed.
 */

/** What every room may know of the event store: its port and its codec, not its adapters. */
const STORE = '^src/event-store/(port|recorded|codec|snapshots|stream-names|shared-subscription|outage)[.]ts$';
const DOMAIN = '^src/domain/';
/** Money, currencies, erased marks: the words that data is written in. */
const DOMAIN_WORDS = '^src/domain/shared/';
const PLATFORM = '^src/platform/';
const PROJECTIONS = '^src/projections/';
const COMMANDS = '^src/commands/';
const GATEWAYS = '^src/gateways/';
const JOBS = '^src/jobs/';
const CHECKOUT = '^src/checkout/';
const DOCUMENTS = '^src/documents/';
const PROCESSES = '^src/processes/';
/** How processes are declared, without any of them. */
const PROCESS_ENGINE = '^src/processes/engine/';
const NOTIFICATIONS = '^src/notifications/';
const WEBHOOKS = '^src/webhooks/';
const DELIVERY = '^src/delivery/';
const AUDIT = '^src/audit/';
const PRIVACY = '^src/privacy/';
const IMPORTS = '^src/imports/';
const EXPORTS = '^src/exports/';
const REPORTS = '^src/reports/';

/** Room → what it may import besides itself; `types` are paths it may import types from. */
const FOLDERS = {
  domain: { may: [] },
  'event-store': { may: [DOMAIN_WORDS, PLATFORM], types: [DOMAIN] },
  commands: { may: [DOMAIN, STORE], types: [PLATFORM] },
  projections: { may: [DOMAIN, STORE, PLATFORM] },
  numbers: { may: [DOMAIN_WORDS, PLATFORM] },
  jobs: { may: [STORE, PLATFORM], types: [DOMAIN] },
  processes: {
    may: [
      COMMANDS,
      PROJECTIONS,
      DOMAIN,
      STORE,
      DOCUMENTS,
      GATEWAYS,
      CHECKOUT,
      JOBS,
      NOTIFICATIONS,
      WEBHOOKS,
      AUDIT,
      PRIVACY,
      PLATFORM,
    ],
  },
  checkout: { may: [COMMANDS, DOMAIN, STORE, GATEWAYS, PLATFORM] },
  delivery: { may: [DOMAIN, PLATFORM] },
  imports: { may: [COMMANDS, DOMAIN, STORE, PLATFORM] },
  exports: { may: [REPORTS, PROJECTIONS, DOMAIN, STORE, '^src/event-store/canonical-json[.]ts$', PLATFORM] },
  reports: { may: [PROJECTIONS, DOMAIN_WORDS, GATEWAYS, PLATFORM] },
  seed: { may: [IMPORTS, COMMANDS, DOMAIN, STORE, PLATFORM] },
  notifications: { may: [COMMANDS, DOMAIN, STORE, DOCUMENTS, GATEWAYS, JOBS, PROCESS_ENGINE, PLATFORM] },
  webhooks: { may: [STORE, JOBS, PROCESS_ENGINE, PLATFORM] },
  documents: { may: [DOMAIN, PLATFORM], types: [COMMANDS] },
  gateways: { may: [DOMAIN_WORDS, JOBS, PLATFORM], types: [DOMAIN, COMMANDS] },
  http: {
    may: [
      COMMANDS,
      PROJECTIONS,
      '^src/jobs/(admin|cron-runs|queue)[.]ts$',
      '^src/processes/invoicing[.]ts$',
      '^src/gateways/(http|payment)/',
      CHECKOUT,
      DOCUMENTS,
      NOTIFICATIONS,
      WEBHOOKS,
      DELIVERY,
      AUDIT,
      PRIVACY,
      EXPORTS,
      REPORTS,
      DOMAIN,
      STORE,
      PLATFORM,
    ],
  },
  audit: { may: [STORE, '^src/event-store/(hash-chain|canonical-json)[.]ts$', COMMANDS, DOMAIN, JOBS, PLATFORM] },
  privacy: {
    may: [AUDIT, COMMANDS, PROJECTIONS, DOMAIN, STORE, '^src/event-store/canonical-json[.]ts$', JOBS, PLATFORM],
  },
  platform: { may: [] },
  config: {
    may: [
      DOMAIN,
      '^src/platform/(make-folder|outgoing-(url|addresses))[.]ts$',
      '^src/event-store/eventstoredb/connection-string[.]ts$',
    ],
  },
};

/**
 * Rooms that others enter by their index.ts alone; `also` are files beside it that are imported on their own, because
 * they or their index take long to load.
 */
const ROOMS = {
  'domain/catalogue': {},
  'domain/document': {},
  'domain/order': { also: ['^src/domain/order/settings[.]ts$'] }, // every command reads the configuration
  'domain/payment': {},
  'domain/return': {},
  'domain/store-credit': {},
  audit: {},
  checkout: {},
  commands: {},
  config: {},
  delivery: {},
  documents: { also: ['^src/documents/(invoice|credit-memo)[.]ts$'] }, // fonts
  'gateways/auth': {},
  'gateways/customers': {},
  'gateways/http': {},
  'gateways/payment': {},
  notifications: { also: ['^src/notifications/(mail/(eml|smtp)|content/templates)[.]ts$'] }, // mail, templates
  imports: {},
  seed: {},
  exports: {},
  reports: {},
  numbers: {},
  privacy: {},
  webhooks: {},
};

const own = (folder) => `^src/${folder}/`;

const folderRules = Object.entries(FOLDERS).flatMap(([folder, { may, types = [] }]) => [
  {
    name: `${folder}-imports-only-what-it-may`,
    severity: 'error',
    from: { path: own(folder) },
    to: { path: '^src/', pathNot: [own(folder), ...may, ...types] },
  },
  ...(types.length === 0
    ? []
    : [
        {
          name: `${folder}-imports-only-types`,
          severity: 'error',
          comment: 'Types are known, behaviour is not.',
          from: { path: own(folder) },
          to: { path: types, pathNot: may, dependencyTypesNot: ['type-only'] },
        },
      ]),
]);

const roomRules = Object.entries(ROOMS).map(([room, { also = [] }]) => ({
  name: `${room}-is-entered-by-its-index`,
  severity: 'error',
  from: { path: '^src/', pathNot: own(room) },
  to: { path: own(room), pathNot: [`^src/${room}/index[.]ts$`, ...also] },
}));

const npm = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;

/** Package → the only places that may import it. */
const onlyIn = (name, packages, places) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: places },
  to: { path: npm(...packages) },
});

module.exports = {
  forbidden: [
    ...folderRules,
    ...roomRules,
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'No clock, no randomness, no files, no library but ts-pattern.',
      from: { path: DOMAIN },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg'], pathNot: npm('ts-pattern') },
    },
    onlyIn(
      'event-store-client-stays-behind-the-port',
      ['@eventstore/db-client', '@grpc/grpc-js'],
      '^src/event-store/eventstoredb/',
    ),
    {
      name: 'sql-stays-in-the-postgres-adapter',
      severity: 'error',
      from: { path: '^src/event-store/', pathNot: '^src/event-store/postgres/' },
      to: { path: npm('knex', 'pg') },
    },
    onlyIn(
      'commands-and-documents-touch-no-database',
      ['knex', 'pg', 'pg-copy-streams'],
      [
        '^src/(audit|event-store|projections|numbers|processes|jobs|imports|exports|checkout|delivery|notifications|webhooks|privacy|platform|app|cli)/',
        '^src/documents/document-files[.]ts$',
        '^src/gateways/payment/',
      ],
    ),
    {
      name: 'rooms-know-read-models-by-their-index',
      severity: 'error',
      from: { path: '^src/', pathNot: PROJECTIONS },
      to: { path: PROJECTIONS, pathNot: '^src/projections/([^/]+/index|registry)[.]ts$' },
    },
    {
      name: 'read-models-meet-at-their-index',
      severity: 'error',
      from: { path: '^src/projections/([^/]+)/' },
      to: { path: PROJECTIONS, pathNot: ['^src/projections/$1/', '^src/projections/[^/]+/index[.]ts$'] },
    },
    {
      name: 'projection-engine-knows-no-read-model',
      severity: 'error',
      comment: 'Nor does the pager: read models are declared on top of them, and the registry lists them.',
      from: { path: '^src/projections/(engine|list)/' },
      to: { path: PROJECTIONS, pathNot: '^src/projections/(engine|list)/' },
    },
    {
      name: 'no-sql-in-http',
      severity: 'error',
      comment: 'HTTP asks ports; app/compose binds them to the database.',
      from: { path: '^src/http/' },
      to: { path: npm('knex', 'pg', 'pg-copy-streams') },
    },
    onlyIn('koa-stays-in-http', ['koa', '@koa'], '^src/http/'),
    onlyIn('pdf-stays-in-documents', ['pdf-lib', '@pdf-lib'], '^src/documents/'),
    onlyIn('job-queue-stays-in-jobs', ['graphile-worker'], ['^src/jobs/', '^src/platform/database[.]ts$']),
    {
      name: 'main-is-imported-by-no-file',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/main[.]ts$' },
    },
    {
      name: 'only-main-imports-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', '^src/main[.]ts$'] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'sources-need-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'sources-need-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'imports-lead-somewhere',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Nor of types: two files that need each other are one concept, or a third is missing.',
      from: { path: '^src/' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
