import { virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test } from 'vitest';
import { statusHandler } from '../../src/status/index.ts';
import type { ConnectorsRow, ConnectorsStatus } from '../../src/status/index.ts';
import { readEvents } from '../../src/watch/read-events.ts';

const url = 'http://127.0.0.1/status';
const withEvents = { headers: { accept: 'text/event-stream' } };
const nothingYet: ConnectorsStatus = { connectors: [], runs: [], workers: [] };
const oneWorker: ConnectorsStatus = { ...nothingYet, workers: [{ name: 'app-1', isLive: true }] };

/** What the page gets from a reader. */
async function readRow(read: () => unknown): Promise<ConnectorsRow> {
  using status = statusHandler({ connectors: read as () => Promise<ConnectorsStatus> });
  return JSON.parse(await status(new Request(url)).text()).connectors;
}

const cyclic = { ...nothingYet, self: {} };
cyclic.self = cyclic;
const throwing = Object.defineProperty({ ...nothingYet }, 'workers', {
  enumerable: true,
  get: () => {
    throw new Error('password=hunter2');
  },
});

test.each([
  ['has a BigInt', { ...nothingYet, runs: [{ connector: 'shop', records: 10n }] }, 'BigInt'],
  ['has a cycle', cyclic, 'circular'],
  ['has a getter that throws', throwing, 'password=[REDACTED]'],
])('a status that %s is a failure with the reason, and ends no service', async (_, answer, reason) => {
  const { status, failure } = await readRow(async () => answer);

  expect(status).toBeNull();
  expect(failure).toMatch(/^the status cannot be written as JSON: /);
  expect(failure).toContain(reason);
  expect(failure).not.toMatch(/hunter2|\n/);
});

test.each([
  [undefined],
  [() => nothingYet],
  [null],
  ['text'],
  [[]],
  [{}],
  [{ ...nothingYet, runs: 3 }],
  [{ ...nothingYet, workers: [{}] }],
])('an answer that is no status is a failure: %j', async (answer) => {
  expect(await readRow(async () => answer)).toEqual({
    status: null,
    failure: 'the answer is not a status: it needs the lists connectors, runs and workers, with names',
  });
});

test('a page that follows the connectors stays open when their status cannot be written as JSON', async () => {
  const clock = virtualClock();
  let answer: unknown = oneWorker;
  using status = statusHandler({ connectors: async () => answer as ConnectorsStatus, clock });
  const events = readEvents(status(new Request(url, withEvents)).body!);
  await events.next();
  await clock.advance(100);
  await events.next();

  answer = { ...nothingYet, runs: [{ connector: 'shop', records: 10n }] };
  await clock.advance(2_900);
  await events.next();
  await events.next();
  const last = (await events.next()).value?.value;

  expect(last).toMatchObject({ connectors: { status: oneWorker, failure: expect.stringContaining('BigInt') } });
  await events.return(undefined);
});

test('what the service changes after its answer does not change the status', async () => {
  const answer = { ...nothingYet, workers: [{ name: 'app-1', isLive: true }] };
  using status = statusHandler({ connectors: async () => answer });
  await status(new Request(url)).text();

  answer.workers.length = 0;

  expect(JSON.parse(await status(new Request(url)).text()).connectors.status).toEqual(oneWorker);
});

/** A reader whose answers come when the test says. */
function slowReader() {
  const answers: PromiseWithResolvers<ConnectorsStatus>[] = [];
  const read = (): Promise<ConnectorsStatus> => {
    const answer = Promise.withResolvers<ConnectorsStatus>();
    answers.push(answer);
    return answer.promise;
  };
  return { answers, read };
}

test('no read begins before the one before it has ended, and its late answer is shown', async () => {
  const clock = virtualClock();
  const { answers, read } = slowReader();
  using status = statusHandler({ connectors: read, clock });
  const open = async () => JSON.parse(await status(new Request(url)).text()).connectors;
  openPage(status);

  const first = open();
  await clock.advance(60_000);
  expect(answers).toHaveLength(1);
  expect(await first).toEqual({ status: null, failure: 'the status was not read within 5 s' });
  expect(await open()).toEqual({ status: null, failure: 'the status was not read within 5 s' });

  answers[0]?.resolve(oneWorker);
  await clock.advance(0);
  expect(await open()).toEqual({ status: oneWorker, failure: null });
  await clock.advance(2_000);
  expect(answers).toHaveLength(2);
});

test('a read that fails late shows why, and the next one begins', async () => {
  const clock = virtualClock();
  const { answers, read } = slowReader();
  using status = statusHandler({ connectors: read, clock });
  openPage(status);

  await clock.advance(10_000);
  answers[0]?.reject(new Error('the connection was closed'));
  await clock.advance(0);
  const shown = JSON.parse(await status(new Request(url)).text()).connectors;
  await clock.advance(3_000);

  expect(shown).toEqual({ status: null, failure: 'the connection was closed' });
  expect(answers).toHaveLength(2);
});

/** A page that follows the status until the test ends. */
function openPage(status: (request: Request) => Response): void {
  const reader = status(new Request(url, withEvents)).body?.getReader();
  onTestFinished(() => reader?.cancel());
}

const unreadable = Object.defineProperty(new Error('x'), 'message', {
  get: () => {
    throw new Error('no');
  },
});

test.each([
  [
    'a user and a password',
    new Error('cannot reach postgres://app:hunter2@db/x'),
    /^cannot reach postgres:\/\/\[REDACTED\]@db\/x$/,
  ],
  ['control characters', new Error('\u001B[2Jone\ntwo\u202Ethree'), /^\[2Jone two three$/],
  ['a megabyte', new Error('x'.repeat(1_000_000)), /^x{300}…$/],
  [
    'errors of several addresses',
    new AggregateError([new Error('connect ECONNREFUSED ::1:5432')]),
    /^connect ECONNREFUSED ::1:5432$/,
  ],
  ['a cause alone', new Error('', { cause: new Error('the pool is empty') }), /^the pool is empty$/],
  ['a code alone', Object.assign(new Error(''), { code: 'ECONNREFUSED' }), /^ECONNREFUSED$/],
  ['no message', new Error(''), /^the status cannot be read$/],
  ['white space', new Error(' \n '), /^the status cannot be read$/],
  ['a message that throws', unreadable, /^the status cannot be read$/],
  ['a string', 'no database', /^no database$/],
  ['nothing', undefined, /^the status cannot be read$/],
])('the reason of a failed read is shown on one short line without secrets: %s', async (_, error, shown) => {
  expect((await readRow(() => Promise.reject(error))).failure).toMatch(shown);
});

test('a reader that throws is a reader that fails', async () => {
  const { failure } = await readRow(() => {
    throw new Error('no database');
  });

  expect(failure).toBe('no database');
});
