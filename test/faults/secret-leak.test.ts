import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { staticToken, SecretString, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi } from '@bearings/testing';
import { Console } from 'node:console';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { expect } from 'vitest';
import { createIssuer, clientId, clientSecret, createService } from './create-service.ts';
import { reachableText } from './reachable-values.ts';
import { replay } from './replay.ts';
import { runFixture } from './run-fixture.ts';

const secrets = ['CANARY', clientSecret, 'at_CANARY_1', 'at_CANARY_2', `${clientId}:${clientSecret}`];
const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), btoa(secret)]);

const leaksIn = (text: string): readonly string[] => forms.filter((form) => text.includes(form));

/** Checks that a way of printing shows no secret of a service, and that it does show the secret of a careless object. */
async function checkWay(way: (thing: unknown) => string | Promise<string>): Promise<void> {
  for (const [name, thing] of Object.entries(await holdings())) {
    expect(`${name}: ${leaksIn(await way(thing)).join()}`).toBe(`${name}: `);
  }
  expect(leaksIn(await way(careless))).toContain('CANARY');
}

/** An object that exposes its secret in every way. */
const careless = Object.assign([{ secret: clientSecret }], {
  toString: () => clientSecret,
  [Symbol.toPrimitive]: () => clientSecret,
});
Object.defineProperties(careless, {
  toString: { enumerable: false },
  [Symbol.toPrimitive]: { enumerable: false },
});

/** The objects of a service while every secret is in use: after a call, a rotation and a rejected call. */
async function holdings(): Promise<Readonly<Record<string, unknown>>> {
  const seen: unknown[] = [];
  const { issuer, token, config } = await createService({ token: { extraParams: { password: 'as_CANARY_1' } } });
  const { fetch = globalThis.fetch } = config;
  const events: unknown[] = [];
  token.subscribe((event) => events.push(event));
  const api = fakeApi(issuer);
  const watch = layer('responseSize', 'watch', (next) => (request, call) => {
    seen.push(request, call);
    return next(request, call);
  });
  const bearer = withBearerAuth(token);
  const network: typeof fetch = (input, init) =>
    new URL(input instanceof Request ? input.url : input).origin === api.origin
      ? api.fetch(input, init)
      : fetch(input, init);
  const client = createClient({ baseUrl: api.origin, fetch: network }, bearer, watch);
  const access = token.read().unwrap();
  await client.get('orders').json();
  issuer.revoke(access);
  const response = await client.fetch('/orders');
  expect(seen).toHaveLength(6);
  expect(events).toHaveLength(2);
  expect(api.counts).toMatchObject({ requests: 3, unauthorized: 1 });
  return {
    client,
    'a client made from it': client.extend({}),
    token,
    'a fixed token': staticToken('at_CANARY_7'),
    'a token value': access,
    'its secret': access.secret,
    'a secret': new SecretString(clientSecret),
    'an answer': token.read(),
    'a status': token.status(),
    'its events': events,
    'a layer': bearer,
    response,
    'a request and its call': seen,
  };
}

replay('SL-001', async ({ hides }) => {
  await checkWay((thing) => inspect(thing, { depth: Infinity, showHidden: true, getters: true }));
  await checkWay((thing) => inspect(thing));
  hides(Object.values(await holdings()));
});

replay('SL-003', async () => {
  const asText = (thing: unknown): string => {
    const text = thing as { toString: () => string };
    // oxlint-disable-next-line typescript/restrict-template-expressions -- what a template makes of it is asked here
    return [String(text), `${text}`, text + ''].join('\n');
  };

  await checkWay(asText);
});

replay('SL-004', async () => {
  await checkWay((thing) =>
    inspect(
      orNothing(() => structuredClone(thing)),
      { depth: Infinity },
    ),
  );
  await checkWay((thing) => {
    const bytes = orNothing(() => serialize(thing)) ?? Buffer.alloc(0);
    return bytes.toString('latin1') + bytes.toString('utf16le') + bytes.subarray(1).toString('utf16le');
  });
  await checkWay(posted);
});

/** A value that cannot be cloned cannot leak to another thread. */
function orNothing<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (cause) {
    expect(leaksIn(inspect(cause))).toEqual([]);
    return undefined;
  }
}

async function posted(thing: unknown): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  const received = once(port2, 'message');
  if (orNothing(() => [port1.postMessage(thing)]) === undefined) port1.postMessage('nothing');
  const [message] = await received;
  port1.close();
  return inspect(message, { depth: Infinity });
}

replay('SL-005', async () => {
  await checkWay(reachableText);
});

replay('SL-007', async () => {
  await checkWay((thing) => {
    let text = '';
    const stream = new Writable({ write: (chunk, _encoding, done) => done(void (text += String(chunk))) });
    const out = new Console({ stdout: stream, stderr: stream });
    out.log(thing);
    out.log('%s %o %O %j', thing, thing, thing, 0);
    out.error({ deep: { er: thing } });
    out.dir(thing, { depth: Infinity, showHidden: true });
    out.table([thing]);
    out.table({ thing });
    out.table(thing);
    return text;
  });
});

replay('SL-021', async ({ hides }) => {
  const names = ['request:create', 'client:sendHeaders', 'request:headers', 'client:connected'];
  const channels = names.map((name) => channel(`undici:${name}`));
  await using issuer = await createIssuer().listen();
  await using api = await fakeApi(issuer).listen();
  const { token } = await createService({ token: { tokenEndpoint: issuer.tokenEndpoint, fetch: globalThis.fetch } });
  const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
  await client.get('orders').json();
  expect(channels.map(({ hasSubscribers }) => hasSubscribers)).toEqual([false, false, false, false]);

  const heard: unknown[] = [];
  const hear = (message: unknown): void => void heard.push(message);
  const [create] = channels;
  create?.subscribe(hear);
  await client.get('orders').json();
  create?.unsubscribe(hear);

  expect(heard).toHaveLength(1);
  expect(reachableText(heard)).toContain('Bearer at_CANARY_1'); // as the README says
  expect(readFileSync('packages/oauth-bearer/README.md', 'utf8')).toMatch(/diagnostics channels.*see headers/);
  hides([token, client]);
});

replay('SL-022', async ({ hides }) => {
  await using issuer = await createIssuer().listen({ tls: true });
  await using api = await fakeApi(issuer).listen({ tls: true });
  const env = {
    NODE_DEBUG: 'undici,fetch,http,net,tls',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    CLIENT_SECRET: clientSecret,
  };

  const run = await runFixture('one-call.ts', { args: [issuer.tokenEndpoint, api.origin], env });

  expect(run.exit).toBe(0);
  expect(api.counts).toEqual({ requests: 1, unauthorized: 0, forbidden: 0 });
  expect(run.stderr).toMatch(/FETCH \d+: sending request to GET/); // proof that the debug output is on
  expect(run.stderr).toMatch(/TLS \d+:/);
  expect(leaksIn(run.stderr)).toEqual([]);
  expect(run.stderr.replaceAll(' ', '')).not.toContain(Buffer.from('CANARY').toString('hex'));
  hides(run);
});

replay('SL-023', async ({ hides }) => {
  const run = await runFixture('report.ts', { env: { CLIENT_SECRET: clientSecret } });

  expect(run).toMatchObject({ exit: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toEqual({ before: true, after: false });
  hides(run);
});
