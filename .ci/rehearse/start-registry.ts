import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A registry on this machine, and what `npm` needs to publish to it. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
}

/** A registry need not have the tag that one dependency asks for. */
const manifest = { private: true, dependencies: { verdaccio: '6.10.4' }, overrides: { 'node-fetch': '2.7.0' } };
const startMs = 60_000;

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was found');
  return address.port;
}

/** Bearings is published here and never looked up elsewhere; all other packages come from the registry that npm uses. */
function describeRegistry(upstream: string): object {
  const ours = { access: '$all', publish: '$authenticated' };
  return {
    storage: './storage',
    auth: { htpasswd: { file: './users', max_users: 1 } },
    uplinks: { upstream: { url: upstream, timeout: '60s', maxage: '30m' } },
    packages: { '@bearings/*': ours, bearings: ours, '**': { access: '$all', proxy: 'upstream' } },
    max_body_size: '50mb',
    log: { type: 'stdout', level: 'error' },
  };
}

/** Adds a user, which is how the registry issues a token. */
async function login(url: string): Promise<string> {
  const body = JSON.stringify({ name: 'rehearsal', password: crypto.randomUUID() });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(new URL('-/user/org.couchdb.user:rehearsal', url), { method: 'PUT', headers, body });
  if (!response.ok) throw new Error(`The registry refuses a user: ${response.status} ${await response.text()}`);
  const { token }: { token: string } = JSON.parse(await response.text());
  return token;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('-/ping', url), { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

async function untilReady(url: string, startedAt: number): Promise<void> {
  if (await isReady(url)) return;
  if (performance.now() - startedAt > startMs) throw new Error(`The registry does not answer within ${startMs} ms`);
  await wait(100);
  await untilReady(url, startedAt);
}

/** Installs verdaccio in a folder and starts it on a free port of loopback. */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  execFileSync('npm', install, { cwd: folder, stdio: 'inherit' });
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify(describeRegistry(upstream)));

  const url = `http://127.0.0.1:${await findFreePort()}/`;
  const program = join(folder, 'node_modules/verdaccio/bin/verdaccio');
  const child = spawn(process.execPath, [program, '--config', 'config.yaml', '--listen', url.slice(0, -1)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || !child.kill()) return;
    await once(child, 'exit');
  };
  try {
    await untilReady(url, performance.now());
    return { url, token: await login(url), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
