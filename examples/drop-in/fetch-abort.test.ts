import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { startComparison } from './fetch-comparison.ts';
import { catchFailure } from './guarded-api.ts';

const { api, origin, client, close } = await startComparison();
afterAll(close);

const text = `${origin}/text`;
const reason = new Error('the user left');

test.each<[string, () => [string | Request, RequestInit?]]>([
  ['before it began', () => [text, { signal: AbortSignal.abort(reason) }]],
  ['before it began, in a Request', () => [new Request(text, { signal: AbortSignal.abort(reason) })]],
  ['at once', () => [text, { signal: abortingSoon() }]],
])('a call aborted %s rejects with the abort reason', async (_, arrange) => {
  expect(await catchFailure(() => client.fetch(...arrange()))).toBe(reason);
  expect(await catchFailure(() => fetch(...arrange()))).toBe(reason);
});

function abortingSoon(): AbortSignal {
  const caller = new AbortController();
  queueMicrotask(() => caller.abort(reason));
  return caller.signal;
}

test.each<[string, () => unknown]>([
  ['no reason given', () => undefined],
  ['a reason that is not an error', () => 'tired'],
  ['a reason that is an error', () => reason],
])('an abort with %s during the wait fails like fetch', async (_, why) => {
  for (const send of [client.fetch, fetch]) {
    const caller = new AbortController();
    const { arrived, disconnected: brokenOff } = api.watch('/hang');

    const call = catchFailure(() => send(new Request(`${origin}/hang`, { signal: caller.signal })));
    await arrived;
    caller.abort(why());

    expect(await call).toBe(caller.signal.reason);
    await brokenOff;
  }
});

test('a signal in the options replaces the one of the Request', async () => {
  for (const send of [client.fetch, fetch]) {
    const [first, second] = [new AbortController(), new AbortController()];
    const { arrived } = api.watch('/hang');

    const call = catchFailure(() =>
      send(new Request(`${origin}/hang`, { signal: first.signal }), { signal: second.signal }),
    );
    await arrived;
    first.abort('not this one');
    second.abort('this one');

    expect(await call).toBe('this one');
  }
});

test.each<[string, (response: Response) => Promise<unknown>]>([
  ['is read as text', async (response) => response.text()],
  ['is read chunk by chunk', async (response) => readToEnd(response)],
  ['was cloned', async (response) => response.clone().text()],
])('an abort while the body %s fails like fetch', async (_, read) => {
  for (const send of [client.fetch, fetch]) {
    const caller = new AbortController();
    const { disconnected: brokenOff } = api.watch('/drip');

    const response = await send(`${origin}/drip`, { signal: caller.signal });
    const reading = catchFailure(() => read(response));
    caller.abort(reason);

    expect(await reading).toBe(reason);
    await brokenOff;
  }
});

async function readToEnd({ body }: Response): Promise<unknown> {
  let last: unknown;
  for await (const chunk of body ?? []) last = chunk;
  return last;
}

test('an abort before the body is read fails like fetch', async () => {
  for (const send of [client.fetch, fetch]) {
    const caller = new AbortController();
    const { disconnected: brokenOff } = api.watch('/drip');

    const response = await send(`${origin}/drip`, { signal: caller.signal });
    caller.abort(reason);
    await brokenOff;

    expect(await catchFailure(() => response.text())).toBe(reason);
  }
});

test.each<[string, (body: ReadableStream) => Promise<unknown>]>([
  ['cancelled', async (body) => body.cancel()],
  ['left after one chunk', async (body) => leave(body)],
])('a body that is %s closes the connection to the server', async (_, giveUp) => {
  for (const send of [client.fetch, fetch]) {
    const { disconnected: brokenOff } = api.watch('/drip');

    const { body } = await send(`${origin}/drip`);
    await giveUp(body as ReadableStream);

    await brokenOff;
  }
});

async function leave(body: ReadableStream): Promise<void> {
  for await (const chunk of body) if (chunk !== undefined) return;
}

test('an unread body releases its connection when the response is garbage-collected', async () => {
  for (const send of [client.fetch, fetch]) {
    const { disconnected: brokenOff } = api.watch('/drip');

    expect(await getStatus(send)).toBe(200);

    expect(await collectGarbageUntil(brokenOff)).toBe('released');
  }
});

/** A separate function, so that no local variable keeps the response. */
async function getStatus(send: typeof fetch): Promise<number> {
  return (await send(`${origin}/drip`)).status;
}

/** Collects garbage until a promise resolves. Each round gives the sockets time for I/O. */
async function collectGarbageUntil(released: Promise<void>): Promise<string> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const connection = { state: 'held' };
  const watch = async (): Promise<void> => {
    await released;
    connection.state = 'released';
  };
  void watch();
  for (let round = 0; round < 500 && connection.state === 'held'; round += 1) {
    collect();
    await setImmediate();
  }
  return connection.state;
}

test('an abort after the end has no effect', async () => {
  const caller = new AbortController();
  const response = await client.fetch(text, { signal: caller.signal });

  const read = await response.text();
  caller.abort(reason);

  expect([read, response.status]).toEqual(['héllo', 200]);
});
