import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { startGround } from './fetch-ground.ts';
import { failureOf } from './guarded-api.ts';

const { api, origin, client, close } = await startGround();
afterAll(close);

const text = `${origin}/text`;
const reason = new Error('the user left');

test.each<[string, () => [string | Request, RequestInit?]]>([
  ['before it began', () => [text, { signal: AbortSignal.abort(reason) }]],
  ['before it began, in a Request', () => [new Request(text, { signal: AbortSignal.abort(reason) })]],
  ['at once', () => [text, { signal: abortingSoon() }]],
])('a call aborted %s fails with the reason itself', async (_, arrange) => {
  expect(await failureOf(() => client.fetch(...arrange()))).toBe(reason);
  expect(await failureOf(() => fetch(...arrange()))).toBe(reason);
});

function abortingSoon(): AbortSignal {
  const caller = new AbortController();
  queueMicrotask(() => caller.abort(reason));
  return caller.signal;
}

test.each<[string, () => unknown]>([
  ['no reason given', () => undefined],
  ['a reason that is no error', () => 'tired'],
  ['a reason that is an error', () => reason],
])('an abort with %s, while it waits, is the same failure', async (_, why) => {
  for (const send of [client.fetch, fetch]) {
    const caller = new AbortController();
    const { arrived, brokenOff } = api.watch('/hang');

    const call = failureOf(() => send(new Request(`${origin}/hang`, { signal: caller.signal })));
    await arrived;
    caller.abort(why());

    expect(await call).toBe(caller.signal.reason);
    await brokenOff;
  }
});

test('a signal given with a Request counts in place of its own', async () => {
  for (const send of [client.fetch, fetch]) {
    const [first, second] = [new AbortController(), new AbortController()];
    const { arrived } = api.watch('/hang');

    const call = failureOf(() =>
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
  ['is read piece by piece', async (response) => lastOf(response)],
  ['was cloned', async (response) => response.clone().text()],
])('an abort while the body %s is the same failure', async (_, read) => {
  for (const send of [client.fetch, fetch]) {
    const caller = new AbortController();
    const { brokenOff } = api.watch('/drip');

    const response = await send(`${origin}/drip`, { signal: caller.signal });
    const reading = failureOf(() => read(response));
    caller.abort(reason);

    expect(await reading).toBe(reason);
    await brokenOff;
  }
});

async function lastOf({ body }: Response): Promise<unknown> {
  let last: unknown;
  for await (const piece of body ?? []) last = piece;
  return last;
}

test('an abort before the body is read is the same failure', async () => {
  for (const send of [client.fetch, fetch]) {
    const caller = new AbortController();
    const { brokenOff } = api.watch('/drip');

    const response = await send(`${origin}/drip`, { signal: caller.signal });
    caller.abort(reason);
    await brokenOff;

    expect(await failureOf(() => response.text())).toBe(reason);
  }
});

test.each<[string, (body: ReadableStream) => Promise<unknown>]>([
  ['cancelled', async (body) => body.cancel()],
  ['left after a piece', async (body) => leave(body)],
])('a body that is %s is broken off at the server', async (_, giveUp) => {
  for (const send of [client.fetch, fetch]) {
    const { brokenOff } = api.watch('/drip');

    const { body } = await send(`${origin}/drip`);
    await giveUp(body as ReadableStream);

    await brokenOff;
  }
});

async function leave(body: ReadableStream): Promise<void> {
  for await (const piece of body) if (piece !== undefined) return;
}

test('a body that nobody reads gives its connection back when its response is collected', async () => {
  for (const send of [client.fetch, fetch]) {
    const { brokenOff } = api.watch('/drip');

    expect(await headOf(send)).toBe(200);

    expect(await collectedUntil(brokenOff)).toBe('given back');
  }
});

/** A function of its own, so that no local variable holds the response afterwards. */
async function headOf(send: typeof fetch): Promise<number> {
  return (await send(`${origin}/drip`)).status;
}

/** Collects garbage until `sign` comes; each round lets the sockets have their turn. */
async function collectedUntil(sign: Promise<void>): Promise<string> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const connection = { state: 'held' };
  const watch = async (): Promise<void> => {
    await sign;
    connection.state = 'given back';
  };
  void watch();
  for (let round = 0; round < 500 && connection.state === 'held'; round += 1) {
    collect();
    await setImmediate();
  }
  return connection.state;
}

test('an abort after the end changes nothing', async () => {
  const caller = new AbortController();
  const response = await client.fetch(text, { signal: caller.signal });

  const read = await response.text();
  caller.abort(reason);

  expect([read, response.status]).toEqual(['héllo', 200]);
});
