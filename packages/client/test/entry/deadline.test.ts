import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import type { Stage } from '../../src/core/stage.ts';
import { wait } from '../../src/time/until-aborted.ts';
import { caught } from '../caught.ts';
import { serve } from '../loopback.ts';
import { virtualClock } from '@bearings/testing';
import { chunked, scriptedFetch, silent, status, stuck, times } from '../scripted.ts';

const auth =
  (tokenMs: number): Stage =>
  (next, { clock }) =>
  async (request, call) => {
    await wait(tokenMs, call.signal, clock);
    return next(request, call);
  };

test('the total limit covers the token and all attempts, and the last failure is the cause', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(...times(3, silent));
  const options = { fetch: network, clock, random: () => 0, timeout: 300, totalTimeout: 1_000 };
  const api = createClient(options, layer('auth', 'slow', auth(400)));

  const failure = caught(() => api.get('https://api.test/'));
  await clock.advance(1_000);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', budgetMs: 1_000, attempts: 2 });
  expect((await failure).cause).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 300 });
  expect(network.sent).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test('a layer that ignores its signal is not waited for', async () => {
  const clock = virtualClock();
  const deaf: Stage = () => () => new Promise(() => {});
  const api = createClient({ clock, totalTimeout: 1_000 }, layer('auth', 'deaf', deaf));

  const failure = caught(() => api.get('https://api.test/'));
  await clock.advance(1_000);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: 1 });
});

test('an error status before the deadline is the cause, without its body', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(status(503, {}, 'secret'), silent);
  const api = createClient({ fetch: network, clock, random: () => 0, totalTimeout: 1_000 });

  const failure = caught(() => api.get('https://api.test/'));
  await clock.advance(1_000);

  expect((await failure).cause).toMatchObject({ message: 'https://api.test answered 503' });
});

test('the total limit covers the body', async () => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(stuck), clock, totalTimeout: 1_000, bodyTimeout: false });
  const response = await api.fetch('https://api.test/');

  const failure = caught(() => response.text());
  await clock.advance(1_000);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test('a body that was read leaves no timer', async () => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(chunked('a', 'b')), clock, totalTimeout: 1_000 });

  const text = await api.get('https://api.test/').text();

  expect(text).toBe('ab');
  expect(clock.pending).toBe(0);
});

test('over a socket, a body that hangs is cancelled', async () => {
  const server = await serve((_request, response) => void response.write('beginning'));
  const api = createClient({ totalTimeout: 20 });

  const error = await caught(() => api.get(server.origin).text());

  expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', origin: server.origin });
});
