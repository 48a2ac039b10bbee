import newman from 'newman';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

const postman = suite('the Postman collection');
let api: TestApi;

postman.before(async () => {
  api = await startTestApi();
  await api.startWorker();
});
postman.after(() => api.close());

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

postman('walks the API from placing to the credit memo, and every request ends 2xx', async () => {
  const { body } = await api.call<object>('//postman.json', { as: null });
  const { failures, executions } = (await run(body, await api.token(ADMIN))).run;
  assert.equal(
    failures.map(({ source, error }) => `${source?.name ?? ''}: ${error.message}`),
    [],
  );
  assert.ok(executions.length > 55);
  const names = executions.map(({ item }) => item.name);
  assert.ok(names.includes('Download the credit memo'));
  await eventually('the rebuild is done', async () => {
    const { body: jobs } = await api.call<readonly unknown[]>('/admin/jobs');
    return jobs.length === 0;
  });
});

postman.run();
