/**
 * The scene of a Worker, on workerd: Tokens in module scope, over real sockets. Prints what happened as JSON, and ends with 1
 * when a promise is broken.
 *
 * The argument is a folder in which miniflare and esbuild are installed: they are too large for this workspace.
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fakeApi, fakeIssuer, faults } from '@bearings/testing';
import type { FakeIssuer, FakeIssuerOptions } from '@bearings/testing';

interface Miniflare {
  readonly ready: Promise<URL>;
  dispose(): Promise<void>;
}

interface MiniflareModule {
  readonly Miniflare: new (options: object) => Miniflare;
}

interface Esbuild {
  build(options: object): Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>;
}

const [, , folder = ''] = process.argv;
const load = createRequire(join(folder, 'package.json'));
const { Miniflare }: MiniflareModule = load('miniflare');
const esbuild: Esbuild = load('esbuild');
const tokenLifetimeMs = 2_000;

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clients: NonNullable<FakeIssuerOptions['clients']> = [
  { clientId: 'worker', clientSecret: 'a client secret' },
  { clientId: 'signer', publicKey: key.publicKey.export({ format: 'jwk' }) },
];

/** A Worker as one module. */
async function bundle(file: string): Promise<readonly object[]> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(import.meta.dirname, file)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'import'],
    external: ['node:*', 'cloudflare:*'],
  });
  return [{ type: 'ESModule', path: 'worker.js', contents: outputFiles[0]?.text }];
}

/** One status for all, or each. */
type Outcome = Readonly<Record<string, number>>;

class Scene {
  readonly #origin: URL;
  readonly #issuer: FakeIssuer;

  constructor(origin: URL, issuer: FakeIssuer) {
    this.#origin = origin;
    this.#issuer = issuer;
  }

  /** What so many calls at once end with, how often, and the token requests they caused. */
  async call(path: string, count: number): Promise<{ readonly outcome: Outcome; readonly tokenRequests: number }> {
    const before = this.#issuer.counts.token;
    const outcome: Record<string, number> = {};
    const all = await Promise.all(Array.from({ length: count }, () => this.#read(path)));
    for (const each of all) outcome[each] = (outcome[each] ?? 0) + 1;
    return { outcome, tokenRequests: this.#issuer.counts.token - before };
  }

  /** A request whose connection breaks while the token is requested. */
  async breakOff(path: string): Promise<void> {
    const socket = connect(Number(this.#origin.port), this.#origin.hostname);
    await once(socket, 'connect');
    const before = this.#issuer.counts.token;
    socket.write(`GET /${path} HTTP/1.1\r\nhost: worker\r\n\r\n`);
    while (this.#issuer.counts.token === before) await pause(5);
    socket.resetAndDestroy();
  }

  async #read(path: string): Promise<string> {
    const response = await fetch(new URL(path, this.#origin), { signal: AbortSignal.timeout(20_000) });
    const text = await response.text();
    return response.ok ? String(response.status) : `${response.status} ${text.slice(0, 300)}`;
  }
}

/** All that happens to the token of one kind. */
async function runKind(kind: string, scene: Scene, issuer: FakeIssuer): Promise<Readonly<Record<string, unknown>>> {
  const cold = await scene.call(kind, 2);
  await pause(tokenLifetimeMs + 50);
  const expired = await scene.call(kind, 2);
  issuer.revoke();
  const rotated = await scene.call(kind, 2);
  return { cold, expired, rotated };
}

/** A request ends while the token is requested: by its response, and by its connection. */
async function endEarly(scene: Scene, issuer: FakeIssuer): Promise<Readonly<Record<string, unknown>>> {
  await pause(tokenLifetimeMs + 50);
  using hanging = issuer.inject(faults.hang(), { on: 'token', times: 1 });
  await scene.call('onDemand/early', 1);
  const { outcome: afterEarly } = await scene.call('onDemand', 20);
  hanging.clear();
  await pause(tokenLifetimeMs + 50);
  using slow = issuer.inject(faults.hang(), { on: 'token', times: 1 });
  await scene.breakOff('onDemand');
  const { outcome: afterBreak } = await scene.call('onDemand', 20);
  slow.clear();
  return { afterEarly, afterBreak };
}

/** With `background` the token request of a request that has ended is finished, and its token used. */
async function finishInBackground(scene: Scene, issuer: FakeIssuer): Promise<number> {
  using slow = issuer.inject(faults.delay(300), { on: 'token', times: 1 });
  const { tokenRequests: begun } = await scene.call('background/early', 1);
  const { tokenRequests } = await scene.call('background', 20);
  slow.clear();
  return begun + tokenRequests;
}

async function thousand(scene: Scene): Promise<Outcome> {
  const outcome: Record<string, number> = {};
  for (let round = 0; round < 50; round += 1) {
    const { outcome: one } = await scene.call('onDemand', 20);
    for (const [status, count] of Object.entries(one)) outcome[status] = (outcome[status] ?? 0) + count;
  }
  return outcome;
}

/** The Worker of docs/runtimes.md. */
async function runDocumented(issuer: FakeIssuer, apiOrigin: string): Promise<unknown> {
  const miniflare = new Miniflare({
    modules: await bundle('orders-worker.ts'),
    compatibilityDate: '2026-04-01',
    bindings: { ISSUER_URL: issuer.issuerUrl, ORDERS_URL: apiOrigin, ORDERS_SECRET: 'a client secret' },
  });
  try {
    return (await new Scene(await miniflare.ready, issuer).call('', 2)).outcome;
  } finally {
    await miniflare.dispose();
  }
}

/** The scene, with these compatibility flags. */
async function run(flags: readonly string[]): Promise<unknown> {
  const issuer = fakeIssuer({ tokenLifetimeMs, clients });
  const api = fakeApi(issuer, { 'GET /v1/orders/:id': ({ params }) => ({ id: params['id'] }) });
  await issuer.listen();
  await api.listen();
  const miniflare = new Miniflare({
    modules: await bundle('worker.ts'),
    compatibilityDate: '2026-04-01',
    compatibilityFlags: flags,
    bindings: {
      issuerUrl: issuer.issuerUrl,
      apiOrigin: api.origin,
      privateKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    },
  });
  try {
    const scene = new Scene(await miniflare.ready, issuer);
    const found: Record<string, unknown> = {};
    for (const kind of ['onDemand', 'lazy', 'pool']) found[kind] = await runKind(kind, scene, issuer);
    return {
      ...found,
      privateKey: (await scene.call('privateKey', 1)).outcome,
      early: await endEarly(scene, issuer),
      background: await finishInBackground(scene, issuer),
      thousand: await thousand(scene),
      documented: await runDocumented(issuer, api.origin),
    };
  } finally {
    await miniflare.dispose();
    await issuer.close();
    await api.close();
  }
}

const good = { outcome: { 200: 2 }, tokenRequests: 1 };
const life = { cold: good, expired: good, rotated: good };
const refused =
  '500 TOKEN_CONFIG: privateKey needs node:crypto, which this runtime does not have: on Cloudflare Workers, set the compatibility flag nodejs_compat';
let isBroken = false;
for (const flags of [[], ['nodejs_compat']]) {
  const expected = {
    onDemand: life,
    lazy: life,
    pool: life,
    privateKey: flags.length === 0 ? { [refused]: 1 } : { 200: 1 },
    early: { afterEarly: { 200: 20 }, afterBreak: { 200: 20 } },
    background: 1,
    thousand: { 200: 1_000 },
    documented: { 200: 2 },
  };
  const found = JSON.stringify(await run(flags));
  console.log(flags.join() || 'no flags', found);
  isBroken ||= found !== JSON.stringify(expected);
}
process.exit(isBroken ? 1 : 0);
