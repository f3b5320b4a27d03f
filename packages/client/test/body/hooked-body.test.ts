import { expect, test, vi } from 'vitest';
import { addBodyHook } from '../../src/body/hooked-body.ts';
import { discard } from '../../src/body/discard.ts';
import type { BodyHook } from '../../src/body/body-hooks.ts';
import { caught } from '../caught.ts';
import { virtualClock } from '@bearings/testing';
import { serve } from '../loopback.ts';

/** A body of endless pieces that says how much was taken and whether it was given up. */
function endless(pieceBytes: number): { response: Response; taken: () => number; reason: () => unknown } {
  let taken = 0;
  let reason: unknown = 'not cancelled';
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        taken += 1;
        controller.enqueue(new Uint8Array(pieceBytes));
      },
      cancel: (why) => void (reason = why),
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body), taken: () => taken, reason: () => reason };
}

test('nothing is read before the caller reads', async () => {
  const { response, taken } = endless(1);

  const tapped = addBodyHook(response, {});
  const before = taken();
  await tapped.body?.getReader().read();

  expect(before).toBe(0);
  expect(taken()).toBe(1);
});

test('end is called once: at the end, at a failure, at a cancel, or at once without a body', async () => {
  const end = vi.fn<() => void>();

  await addBodyHook(new Response('whole'), { end }).text();
  expect(end).toHaveBeenCalledTimes(1);
  await addBodyHook(endless(1).response, { end }).body?.cancel();
  expect(end).toHaveBeenCalledTimes(2);
  await caught(() => addBodyHook(new Response('x'), { end, read: () => Promise.reject(new Error('no')) }).text());
  expect(end).toHaveBeenCalledTimes(3);
  addBodyHook(new Response(null), { end });
  expect(end).toHaveBeenCalledTimes(4);
});

test('a read that fails ends the body and cancels the source', async () => {
  const { response, reason } = endless(1);
  const failure = new Error('too much');

  const error = await caught(() => addBodyHook(response, { read: () => Promise.reject(failure) }).text());

  expect(error).toBe(failure);
  expect(reason()).toBe(failure);
});

test('a cancel reaches the source with its reason', async () => {
  const { response, reason } = endless(1);

  await addBodyHook(response, {}).body?.cancel('enough');

  expect(reason()).toBe('enough');
});

test('everything but the body stays: status, headers (each cookie), url, redirected, type', () => {
  const headers = new Headers({ etag: '"1"' });
  headers.append('set-cookie', 'a=1');
  headers.append('set-cookie', 'b=2');
  const original = Object.defineProperties(new Response('x', { status: 201, statusText: 'Made', headers }), {
    url: { value: 'https://api.test/y' },
    redirected: { value: true },
    type: { value: 'basic' },
  });

  const tapped = addBodyHook(original, {});

  const { status, statusText, url, redirected, type } = tapped;
  expect({ status, statusText, url, redirected, type }).toEqual({
    status: 201,
    statusText: 'Made',
    url: 'https://api.test/y',
    redirected: true,
    type: 'basic',
  });
  expect(tapped.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test("a response of the platform stays one: the platform's own functions, such as those of a server, take it", async () => {
  const tapped = addBodyHook(new Response('x', { status: 201 }), {});

  expect(Reflect.get(Response.prototype, 'status', tapped)).toBe(201);
  expect(await Response.prototype.text.call(tapped)).toBe('x');
});

test('a clone has the url too', () => {
  const original = Object.defineProperties(new Response('x'), {
    url: { value: 'https://api.test/y' },
    redirected: { value: true },
  });

  const { url, redirected } = addBodyHook(original, {}).clone();

  expect({ url, redirected }).toEqual({ url: 'https://api.test/y', redirected: true });
});

test('of a discarded body no more than 64 KiB is read', async () => {
  const { response, taken, reason } = endless(32 * 1024);

  await discard(response);

  expect(taken()).toBe(3);
  expect(reason()).toBeUndefined();
});

test('discarding an empty, used or broken body does nothing', async () => {
  const used = new Response('x');
  await used.text();
  const broken = new Response(new ReadableStream({ start: (controller) => controller.error(new Error('reset')) }));

  await expect(Promise.all([discard(new Response(null)), discard(used), discard(broken)])).resolves.toHaveLength(3);
});

test('a discarded body leaves its connection to the next call', async () => {
  const server = await serve((_request, response) => response.end('a short answer'));

  for (let round = 0; round < 10; round += 1) await discard(await fetch(server.origin));

  expect(server.connections).toBeLessThanOrEqual(2); // undici may open a second before the first is free again
});

test('discarding a response that is being read does nothing', async () => {
  const response = new Response('being read');
  response.body?.getReader();

  await expect(discard(response)).resolves.toBeUndefined();
});

test('a body with many hooks is wrapped once, and the last hook is the outermost', async () => {
  const order: string[] = [];
  const tap = (name: string): BodyHook => ({
    async read(read) {
      const piece = await read();
      order.push(name);
      return piece;
    },
    end: () => void order.push(`end ${name}`),
  });

  const once = addBodyHook(new Response('x'), tap('inner'));
  const { body } = once;
  const twice = addBodyHook(once, tap('outer'));
  await twice.text();

  expect(twice).toBe(once);
  expect(twice.body).toBe(body);
  expect(order).toEqual(['inner', 'outer', 'inner', 'outer', 'end inner', 'end outer']);
});

test('a status that the Response constructor refuses is kept, also by a clone', () => {
  const response = Object.defineProperties(new Response('x'), { status: { value: 999 }, ok: { value: false } });

  const tapped = addBodyHook(response, {});

  expect([tapped.status, tapped.ok, tapped.clone().status]).toEqual([999, false, 999]);
});

test('a discarded body that states a length over the limit is not read at all', async () => {
  const { response, taken, reason } = endless(1);
  response.headers.set('content-length', `${64 * 1024 + 1}`);

  await discard(response);

  expect([taken(), reason()]).toEqual([0, undefined]);
});

test('a discarded body that never ends is cancelled after a second', async () => {
  const clock = virtualClock();
  let given: unknown = 'not given up';
  const stuck = new ReadableStream({ cancel: () => void (given = 'given up') });

  const gone = discard(new Response(stuck), clock);
  await clock.advance(999);
  const before = given;
  await clock.advance(1);
  await gone;

  expect([before, given]).toEqual(['not given up', 'given up']);
  expect(clock.pending).toBe(0);
});
