import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { createClient, systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import type { AccessToken } from '@bearings/oauth-bearer';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { ConnectionConfig } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { GrantVault } from '../../src/grant/grant-vault.ts';
import { openKeyRing } from '../../src/sealing/open-key-ring.ts';
import { RowSealer } from '../../src/sealing/row-sealer.ts';
import { dpopFeature, publicClient, startOidcProvider } from '../consent/oidc-provider.ts';
import type { OidcProvider } from '../consent/oidc-provider.ts';
import { browserFor, connectedApp, consentAtProvider, readUser, realApp } from '../consent/real-app.ts';
import type { RealApp, RealAppOptions } from '../consent/real-app.ts';
import { keys } from '../create-users.ts';
import type { DpopCallerConfig, DpopCallerReport } from '../processes/dpop-caller.ts';

const bound: Partial<ConnectionConfig> = { dpop: true };
const asPublic: Partial<ConnectionConfig> = { dpop: true, clientSecret: undefined, clientAuthMethod: 'none' };
const dpopOnly = { dpop_bound_access_tokens: true };

const startDpopProvider = (): Promise<OidcProvider> =>
  startOidcProvider({ client: { ...publicClient, ...dpopOnly }, features: dpopFeature });
const startWithSecret = (): Promise<OidcProvider> => startOidcProvider({ client: dpopOnly, features: dpopFeature });

/** The application of a public client, connected. */
const connectPublic = async (options: RealAppOptions = {}): Promise<RealApp> =>
  connectedApp({ ...(await startDpopProvider()), connection: asPublic, ...options });

const tokenFor = (users: UserTokens) => users.for({ user: 'alice', connection: 'mail' });
const grantTypes = ({ tokenRequests }: OidcProvider) => tokenRequests.map((sent) => sent.get('grant_type'));
const thumbprints = ({ proofs }: OidcProvider) =>
  Promise.all(proofs.map((proof) => calculateJwkThumbprint(decodeProtectedHeader(proof).jwk ?? {})));
const alice = { sub: 'alice-at-provider' };
const onlyOne = (values: readonly string[]): boolean => new Set(values).size === 1;

const readProfile = ({ users, provider }: Pick<RealApp, 'users' | 'provider'>): Promise<unknown> =>
  createClient({ baseUrl: provider.issuerUrl, fetch: provider.fetch }, withBearerAuth(tokenFor(users)))
    .get('me')
    .json();

/** The application in another process: the same store and provider. */
async function restarted({ store, provider }: RealApp, connection: Partial<ConnectionConfig>): Promise<UserTokens> {
  const { issuerUrl, fetch } = provider;
  const created = await UserTokens.create({
    store,
    keys,
    connections: { mail: { issuerUrl, clientId: 'app', scopes: [], ...connection } },
    redirectUri: 'https://app.test/oauth',
    identify: readUser,
    fetch,
  });
  return created.unwrap();
}

/** The pause before a poll has passed at once. */
const withoutPolls: Clock = {
  ...systemClock,
  schedule: (delayMs, ...rest) => systemClock.schedule(delayMs === 5_000 ? 0 : delayMs, ...rest),
};

const newPem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

test('consent, calls and refreshes of a public client are signed with one key, at a server that demands nonces', async () => {
  const app = await connectPublic();
  const token = tokenFor(app.users);

  const profile = await readProfile(app);
  const first = (await token.get()).unwrap();
  const second = (await token.invalidate(first)).unwrap();

  expect([first.scheme, second.scheme, second.isSameAs(first)]).toEqual(['DPoP', 'DPoP', false]);
  expect([profile, await readProfile(app)]).toEqual([alice, alice]);
  // one more request for the first nonce; it serves the API and the refresh too
  expect(grantTypes(app.provider)).toEqual(['authorization_code', 'authorization_code', 'refresh_token']);
  expect(onlyOne(await thumbprints(app.provider))).toBe(true);
  expect(new Set(app.provider.proofs.map((proof) => decodeJwt(proof).jti)).size).toBe(app.provider.proofs.length);
});

test('the code is bound to the key of the flow, which each consent has for itself', async () => {
  const app = await realApp({ ...(await startDpopProvider()), connection: asPublic });
  const asked: (string | null)[] = [];
  for (const user of ['alice', 'bob']) {
    const flow = (await app.users.authorize({ user, connection: 'mail' })).unwrap();
    const opened = await browserFor(user, app).open(flow.status === 'pending' ? flow.url : '', {
      stopBefore: app.provider.issuerUrl,
    });
    asked.push(new URL(opened.redirect ?? '').searchParams.get('dpop_jkt'));
  }
  const browser = browserFor('alice', app);
  await browser.open(await consentAtProvider(browser, (await app.start()).url));

  const flowOfThird = await thumbprints(app.provider);

  expect(asked.every((jkt) => jkt?.length === 43)).toBe(true);
  expect(new Set([...asked, ...flowOfThird]).size).toBe(3);
});

test('a process that starts with the same store goes on with the same key: calls, then a refresh', async () => {
  const app = await connectPublic();
  await readProfile(app);
  await app.users.close();

  const users = await restarted(app, asPublic);
  const profile = await readProfile({ ...app, users });
  const refreshed = await tokenFor(users).invalidate();
  await readProfile({ ...app, users });

  expect([profile, refreshed.isOk()]).toEqual([alice, true]);
  expect(onlyOne(await thumbprints(app.provider))).toBe(true);
});

test('two processes call and refresh with the key of one grant', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'grants.db');
  const app = await connectPublic({ store: sqliteStore({ path }) });
  const before = (await tokenFor(app.users).get()).unwrap();
  const config: DpopCallerConfig = { issuer: app.provider.issuerUrl, path };
  const file = join(import.meta.dirname, '../processes/dpop-caller.ts');

  const outputs = await Promise.all(
    [1, 2].map(() => promisify(execFile)('node', ['--no-warnings', file, JSON.stringify(config)])),
  );

  const reports = outputs.map(({ stdout }): DpopCallerReport => JSON.parse(stdout));
  expect(reports.map(({ profile }) => profile)).toEqual([alice, alice]);
  expect(reports.every(({ tokens: [first, last] }) => first !== last && last?.startsWith('DPoP '))).toBe(true);
  const after = (await tokenFor(app.users).invalidate(before)).unwrap(); // takes what they have stored
  expect([after.scheme, await readProfile(app)]).toEqual(['DPoP', alice]);
  expect(grantTypes(app.provider).filter((type) => type === 'refresh_token')).toEqual([]);
});

test('a client with a secret whose own key was replaced is refreshed with the new key', async () => {
  const [first, second] = [newPem(), newPem()];
  const provider = await startWithSecret();
  const app = await connectedApp({ ...provider, connection: { dpop: { privateKey: first } } });
  await readProfile(app);

  const users = await restarted(app, { clientSecret: 'a client secret', dpop: { privateKey: second } });
  const access = (await tokenFor(users).get()).unwrap(); // no token of the first key is served
  const profile = await readProfile({ ...app, users });

  expect([access.scheme, profile]).toEqual(['DPoP', alice]);
  expect(grantTypes(provider)).toEqual(['authorization_code', 'authorization_code', 'refresh_token', 'refresh_token']);
  expect(new Set(await thumbprints(provider)).size).toBe(2);
});

test.each([
  ['replaced', { dpop: { privateKey: newPem() } }],
  ['removed', { dpop: false }],
])(
  'a public client whose own key was %s needs consent, sends nothing, and goes on when the key is back',
  async (_, now) => {
    const given = { ...asPublic, dpop: { privateKey: newPem() } };
    const app = await connectPublic({ connection: given });
    const sent = app.provider.tokenRequests.length;

    const without = await restarted(app, { ...asPublic, ...now });
    const refused = await tokenFor(without).get();
    const asked = await without.authorize({ user: 'alice', connection: 'mail' });
    const again = await restarted(app, given);

    expect(refused.unwrapErr()).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'client_changed' });
    expect(asked.unwrap()).toMatchObject({ status: 'pending', reason: 'client_changed' });
    expect(app.provider.tokenRequests).toHaveLength(sent);
    expect(await readProfile({ ...app, users: again })).toEqual(alice);
  },
);

test('a key that is replaced while the user consents ends the flow before the code is sent', async () => {
  const app = await realApp({
    ...(await startDpopProvider()),
    connection: { ...asPublic, dpop: { privateKey: newPem() } },
  });
  const flow = await app.start();
  const serving = { users: app.users };
  const browser = browserFor('alice', serving);
  const callback = await consentAtProvider(browser, flow.url);
  serving.users = await restarted(app, { ...asPublic, dpop: { privateKey: newPem() } });

  const page = await browser.open(callback);

  expect(page.status).toBe(400);
  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'failed', reason: 'client_changed' });
  expect(app.provider.tokenRequests).toEqual([]);
});

test('a grant keeps its own key when the option is removed', async () => {
  const app = await connectPublic();

  const users = await restarted(app, { ...asPublic, dpop: false });
  const refreshed = (await tokenFor(users).invalidate()).unwrap();

  expect([refreshed.scheme, await readProfile({ ...app, users })]).toEqual(['DPoP', alice]);
  expect(onlyOne(await thumbprints(app.provider))).toBe(true);
});

test('a grant of Bearer tokens is bound at its next refresh', async () => {
  const provider = await startOidcProvider({ client: publicClient, features: dpopFeature });
  const app = await connectedApp({ ...provider, connection: { ...asPublic, dpop: false } });

  const users = await restarted(app, asPublic);
  const before = (await tokenFor(users).get()).unwrap();
  const after = (await tokenFor(users).invalidate(before)).unwrap();

  expect([before.scheme, after.scheme]).toEqual(['Bearer', 'DPoP']);
  expect(await readProfile({ ...app, users })).toEqual(alice);
});

test('a real server without DPoP gets neither a user nor a code', async () => {
  const unable = await startOidcProvider({ features: { dPoP: { enabled: false } } });
  const app = await realApp({ ...unable, connection: bound });
  const flow = await app.start();

  const page = await browserFor('alice', app).open(flow.url, { stopBefore: unable.issuerUrl });

  expect([page.status, page.redirect]).toEqual([502, undefined]);
  expect(unable.tokenRequests).toEqual([]);
  expect(app.events.at(-1)).toMatchObject({ type: 'consent-failed', error: { code: 'TOKEN_CONFIG', field: 'dpop' } });
});

test('consent on another device is signed as well: the polls, the calls and the refreshes', async () => {
  const deviceGrant = ['urn:ietf:params:oauth:grant-type:device_code', 'authorization_code', 'refresh_token'];
  const client = { ...publicClient, ...dpopOnly, grant_types: deviceGrant };
  const provider = await startOidcProvider({ client, features: { ...dpopFeature, deviceFlow: { enabled: true } } });
  const app = await realApp({ ...provider, connection: asPublic, clock: withoutPolls });
  const device = (await app.users.authorizeDevice({ user: 'alice', connection: 'mail' })).unwrap();
  const browser = browserFor('alice', app);
  let page = await browser.open(device?.verificationUriComplete ?? '');
  while (page.text.includes('<form')) {
    page = await browser.submit(page, page.text.includes('name="login"') ? { login: 'alice', password: 'any' } : {});
  }

  const result = await device?.wait();
  const refreshed = (await tokenFor(app.users).invalidate()).unwrap();

  expect([result, refreshed.scheme]).toEqual([{ status: 'completed' }, 'DPoP']);
  expect(await readProfile(app)).toEqual({ sub: 'alice' });
  expect(onlyOne(await thumbprints(provider))).toBe(true);
});

test('the account is looked up with a signed request', async () => {
  const provider = await startDpopProvider();
  const account = { url: `${provider.issuerUrl}/me`, member: 'sub' };

  const app = await connectPublic({ ...provider, connection: { ...asPublic, account } });

  expect(await app.store.list({ limit: 10 })).toMatchObject([{ account: 'alice-at-provider' }]);
});

test('the key is in no event, error, page, row, print or clone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'grants.db');
  const app = await connectPublic({ store: sqliteStore({ path }) });
  const access: AccessToken = (await tokenFor(app.users).get()).unwrap();
  const [grant] = await app.store.list({ limit: 1 });
  if (grant === undefined) throw new Error('there is no grant');
  const pair = await new GrantVault(app.store, new RowSealer((await openKeyRing(keys)).unwrap())).open(grant);
  const key: { readonly d: string } = JSON.parse(pair.binding?.privateKey?.expose() ?? '{}');

  const objects = [app.users, tokenFor(app.users), access, access.dpopKey(), pair, grant, app.events];
  const printed = objects.flatMap((each) => [inspect(each, { depth: 12, showHidden: true }), JSON.stringify(each)]);
  const cloned = [JSON.stringify(structuredClone(access.dpopKey())), JSON.stringify(structuredClone(pair.binding))];
  const files = ['', '-wal'].map((suffix) => readFileSync(`${path}${suffix}`).toString('latin1'));

  expect(key.d).toHaveLength(43);
  expect([...printed, ...cloned, ...files].filter((text) => text.includes(key.d))).toEqual([]);
});

test('a refresh token that is bound to another key is not kept at a consent that brings none', async () => {
  const app = await connectPublic();
  const vault = new GrantVault(app.store, new RowSealer((await openKeyRing(keys)).unwrap()));
  const [known] = await app.store.list({ limit: 1 });
  if (known === undefined) throw new Error('there is no grant');
  const issued = { value: 'at_2', lifetimeMs: 60_000, scopes: [] };
  const consent = { ...known, issued, ageMs: 0, binding: { thumbprint: 'another' } };

  const withSecret = await vault.save(consent);
  const asPublicClient = await vault.save({ ...consent, binding: { thumbprint: 'a third' }, isPublic: true });

  expect([withSecret.hasRefreshToken, asPublicClient.hasRefreshToken]).toEqual([true, false]);
});

test.each<[string, unknown, RegExp]>([
  ['a text', 'yes', /dpop/],
  ['a key that is none', { privateKey: 'no key' }, /connections\.mail\.dpop\.privateKey is not a private key/],
  ['an option that is misspelt', { key: newPem() }, /key/],
])('%s as dpop is refused by name', async (_, dpop, message) => {
  const created = await UserTokens.create({
    store: memoryStore(),
    keys,
    connections: { mail: { issuerUrl: 'https://id.test', clientId: 'app', scopes: [], dpop: dpop as true } },
    redirectUri: 'https://app.test/oauth',
    identify: () => undefined,
  });

  const error = created.unwrapErr();

  expect(error).toMatchObject({ code: 'USER_TOKENS_CONFIG', message: expect.stringMatching(message) });
});
