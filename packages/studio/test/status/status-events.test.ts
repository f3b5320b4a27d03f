import { createClient } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { expect, test, vi } from 'vitest';
import { statusHandler } from '../../src/status/index.ts';
import type { ConnectorsStatus } from '../../src/status/index.ts';

const nothingYet: ConnectorsStatus = { connectors: [], runs: [], workers: [] };

/** A status that counts how often it reads its connectors. */
function scene() {
  const clock = virtualClock();
  const read = vi.fn(async () => nothingYet);
  return { clock, read, status: statusHandler({ connectors: read, clock }) };
}

const withEvents = (signal?: AbortSignal): Request =>
  new Request('http://127.0.0.1/status', { headers: { accept: 'text/event-stream' }, signal: signal ?? null });

test('a reader that had left before the answer has an empty stream, no timer, and no read', async () => {
  const { clock, read, status } = scene();

  const response = status(withEvents(AbortSignal.abort()));

  expect(await response.text()).toBe('');
  expect(clock.pending).toBe(0);
  expect(read).not.toHaveBeenCalled();
});

test('a reader that leaves ends its stream and its timers', async () => {
  const { clock, status } = scene();
  const gone = new AbortController();
  const text = status(withEvents(gone.signal)).text();
  await clock.advance(3_000);

  gone.abort();

  expect(await text).toMatch(/^event: snapshot\n/);
  expect(clock.pending).toBe(0);
});

test('disposing ends all streams and their timers, and again does nothing', async () => {
  const { clock, read, status } = scene();
  const texts = [status(withEvents()).text(), status(withEvents()).text()];
  await clock.advance(3_000);
  const before = read.mock.calls.length;

  status[Symbol.dispose]();
  status[Symbol.dispose]();
  await clock.advance(60_000);

  for (const text of await Promise.all(texts)) expect(text).toMatch(/^event: snapshot\n/);
  expect(clock.pending).toBe(0);
  expect(read).toHaveBeenCalledTimes(before);
});

test('a disposed status answers 503, and reads nothing', async () => {
  const { clock, read, status } = scene();
  status[Symbol.dispose]();

  expect(status(withEvents()).status).toBe(503);
  const response = status(new Request('http://127.0.0.1/status'));
  expect([response.status, await response.text()]).toEqual([503, 'the status handler was disposed']);
  expect(clock.pending).toBe(0);
  expect(read).not.toHaveBeenCalled();
});

test('a client whose status throws later ends the stream with its error, and no service', async () => {
  const clock = virtualClock();
  const client = createClient({ clock });
  let isBroken = false;
  const orders = {
    status() {
      if (isBroken) throw new Error('no status');
      return client.status();
    },
  };
  using status = statusHandler({ clients: { orders }, clock });
  const reader = status(withEvents()).body?.getReader();
  await reader?.read();

  isBroken = true;
  await clock.advance(1_000);

  await expect(reader?.read()).rejects.toThrow('no status');
  expect(clock.pending).toBe(0);
});
