import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConnector } from '../src/read-connector.ts';
import { runConnector } from '../src/run-connector.ts';
import type { RunError } from '../src/run-error.ts';
import { createRunFiles } from '../src/run-files.ts';
import { createApi } from './api.ts';
import type { Api } from './api.ts';
import { createImmediateClock } from './immediate-clock.ts';
import { slack, stripe } from './shapes/cursor.ts';
import { github, gitlab, shopify } from './shapes/link-header.ts';
import { fhir, jsonApi, odata, salesforce, zendesk } from './shapes/next-address.ts';
import type { Shape } from './shapes/shape.ts';

const folder = join(import.meta.dirname, '../connectors/apis');
const shapes = [gitlab, stripe, zendesk, odata, jsonApi, fhir, shopify, slack, github, salesforce];

/** Runs the connector of a shape against its local server. */
async function pullShape({ name, origin }: Shape, api: Api): Promise<RunError | undefined> {
  const text = await readFile(join(folder, `${name}.yaml`), 'utf8');
  await writeFile(api.path('shape.yaml'), text.replaceAll(origin, api.url));
  const names = [...text.matchAll(/env:(\w+)/g)].map(([, variable = '']) => [variable, 'a-planted-static-token']);
  const env = Object.fromEntries(names) as Record<string, string>;
  const connector = (await readConnector(api.path('shape.yaml'), env)).unwrap();
  const files = createRunFiles({ outPath: api.path('out.ndjson'), statePath: api.path('state.json') });
  const outcome = await runConnector(connector, { ...files, env, clock: createImmediateClock() });
  return outcome.isErr() ? outcome.error : undefined;
}

const readIds = async ({ id }: Shape, api: Api): Promise<readonly unknown[]> =>
  (await api.records()).map((record) => id(record as never));

test('each connector for a public API has a server that answers as that API does', () => {
  expect(readdirSync(folder).toSorted()).toEqual(shapes.map(({ name }) => `${name}.yaml`).toSorted());
});

test.each(shapes.map((shape) => [shape.name, shape] as const))(
  '%s: all records are pulled once, in their order, with no request too many',
  async (_name, shape) => {
    await using api = await createApi(shape.answer);

    const error = await pullShape(shape, api);

    expect([error, await readIds(shape, api)]).toEqual([undefined, shape.ids]);
    expect(api.requests).toHaveLength(shape.requests);
  },
);

test.each(shapes.map((shape) => [shape.name, shape] as const))(
  '%s: a run that fails at each page in turn continues, and writes each record once',
  async (_name, shape) => {
    await using api = await createApi(shape.answer);
    for (let failAt = 2; failAt <= shape.requests; failAt += 1) {
      let count = 0;
      api.answer((request) => (request.method === 'GET' && ++count === 2 ? { status: 400 } : shape.answer(request)));
      await pullShape(shape, api);
    }
    api.answer(shape.answer);

    const error = await pullShape(shape, api);

    expect([error?.message, await readIds(shape, api)]).toEqual([undefined, shape.ids]);
  },
);

test('slack: an error with status 200 ends the run, and is shown', async () => {
  await using api = await createApi(slack.answer);
  api.answer(() => ({ body: { ok: false, error: 'ratelimited_by_admin' } }));

  const error = await pullShape(slack, api);

  expect([error?.message, error?.details[0]]).toEqual([
    'channels, page 1: the response has errors at /error',
    'answer: {"ok":false,"error":"ratelimited_by_admin"}',
  ]);
});

test('salesforce: a query locator that is forgotten starts the query again, and no account is written twice', async () => {
  await using api = await createApi(salesforce.answer);
  api.answer((request) => (request.url.pathname.endsWith('-4') ? { status: 500 } : salesforce.answer(request)));
  await pullShape(salesforce, api);
  const locator = { status: 400, body: [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }] };
  let isForgotten = true;
  api.answer((request) => {
    if (request.url.searchParams.has('q')) isForgotten = false;
    return isForgotten && request.method === 'GET' ? locator : salesforce.answer(request);
  });

  const error = await pullShape(salesforce, api);

  expect([error, await readIds(salesforce, api)]).toEqual([undefined, salesforce.ids]);
});
