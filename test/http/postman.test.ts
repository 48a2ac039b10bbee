import newman from 'newman';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { issueInvoice } from '../../src/jobs/tasks/issue-invoice.ts';
import { documentFilesIn } from '../../src/platform/document-files.ts';
import { startWorker, type Worker } from '../../src/jobs/worker.ts';
import { reactors } from '../../src/reactors/registry.ts';
import { startReactors } from '../../src/reactors/start-reactors.ts';
import { ADMIN, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';

const postman = suite('the Postman collection');
const log = pino({ level: 'silent' });
const stop = new AbortController();
let api: TestApi;
let worker: Worker;
let reacting: Promise<void>;

postman.before(async () => {
  api = await startTestApi();
  const { core, database } = api;
  const settings = { seller: { name: 'Waybill Shop', address: null, tax_id: null }, timeZone: 'UTC' };
  worker = await startWorker({
    db: database.db,
    url: database.url,
    tasks: [issueInvoice({ ...core, files: documentFilesIn(core.db), settings, now: () => new Date().toISOString() })],
    crontab: '',
    log,
    onFatal: (error) => {
      throw error;
    },
  });
  reacting = startReactors(reactors, { ...core, log }, stop.signal);
});
postman.after(async () => {
  stop.abort();
  await reacting;
  await worker.stop();
  await api.close();
});

const run = (collection: object, token: string): Promise<newman.NewmanRunSummary> =>
  new Promise((resolve, reject) => {
    const envVar = [
      { key: 'base_url', value: api.url },
      { key: 'token', value: token },
    ];
    newman.run({ collection: collection, envVar }, (error, summary) =>
      error === null ? resolve(summary) : reject(error),
    );
  });

postman('walks the API from placing to the invoice, and every request ends 2xx', async () => {
  const { body } = await api.call<object>('//postman.json', { as: null });
  const { failures, executions } = (await run(body, await api.token(ADMIN))).run;
  assert.equal(
    failures.map(({ source, error }) => `${source?.name ?? ''}: ${error.message}`),
    [],
  );
  assert.ok(executions.length > 25);
  const names = executions.map(({ item }) => item.name);
  assert.ok(names.includes('Download the invoice'));
  // The last but one step starts it; it must not meet a closing database.
  await eventually('the rebuild is done', () => api.log.some((line) => line.includes('projection rebuilt')));
});

postman.run();
