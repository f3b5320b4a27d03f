import { Token } from '@bearings/oauth-bearer';
import { faults, virtualClock } from '@bearings/testing';
import { expect } from 'vitest';
import { createIssuer, tokenConfig, hourMs, createService, catchError } from './create-service.ts';
import { collectGarbage } from './collect-garbage.ts';
import { replay } from './replay.ts';

replay('LC-004', async ({ hides }) => {
  const { api, clock, client, issuer, token } = await createService();
  const rejected = token.read().unwrap();
  await token.close();

  const answers = [token.read(), await token.get(), await token.invalidate(), await token.invalidate(rejected)];
  const thrown = [await catchError(() => client.get('orders')), await catchError(() => client.fetch('/orders'))];
  await clock.advance(2 * hourMs);

  expect(answers.map((answer) => answer.unwrapErr().code)).toEqual([
    'TOKEN_CLOSED',
    'TOKEN_CLOSED',
    'TOKEN_CLOSED',
    'TOKEN_CLOSED',
  ]);
  expect(thrown).toEqual([
    expect.objectContaining({ code: 'TOKEN_CLOSED' }),
    expect.objectContaining({ code: 'TOKEN_CLOSED' }),
  ]);
  expect(token.status().state).toBe('closed');
  expect({ tokens: issuer.counts.token, calls: api.counts.requests }).toEqual({ tokens: 1, calls: 0 });
  expect(clock.pending).toBe(0);
  hides([answers, thrown, token]);
});

replay('LC-006', async ({ hides }) => {
  const { clock, issuer, token } = await createService();

  await clock.advance(10 * hourMs);

  expect(issuer.counts).toMatchObject({ token: 21, granted: 21 }); // the first token, and one renewal every half hour
  const failing = await createService();
  failing.issuer.inject(faults.status(503));
  await failing.clock.advance(1.25 * hourMs);
  expect(failing.issuer.counts.token).toBeLessThan(250); // callers would have no token: a probe, which is one request, each 5 s on average
  hides([token.status(), failing.token.status()]);
});

replay('LC-007', async ({ hides }) => {
  const clock = virtualClock();
  const issuer = createIssuer({ clock });
  const config = tokenConfig(issuer, { clock, fetch: issuer.fetch });
  const held = (await Token.create(config)).unwrap();
  const dropped = await (async (): Promise<WeakRef<Token>> => new WeakRef((await Token.create(config)).unwrap()))();
  expect(clock.pending).toBe(2);

  await collectGarbage();
  await clock.advance(10 * hourMs);

  expect(dropped.deref()).toBeUndefined();
  expect(issuer.counts.token).toBe(2 + 20); // only the token that is still referenced is renewed
  expect(clock.pending).toBe(1);
  await held.close();
  hides(held.status());
});
