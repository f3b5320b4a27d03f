/**
 * Rehearses a release against a registry on this machine: publishes all packed packages as the release does, installs
 * `bearings` in empty folders with each package manager, and runs the quick start and the command there.
 *
 *     node .ci/rehearse/rehearse.ts FOLDER_OF_TARBALLS
 */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { listPackageManagers } from './package-managers.ts';
import type { PackageManager } from './package-managers.ts';
import { startRegistry } from './start-registry.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'bearings-rehearsal-'));
const stepMs = 120_000;

interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a command and shows its time; its output only when it fails. */
async function step(name: string, [program = '', ...args]: readonly string[], { cwd, env }: Place): Promise<string> {
  const startedAt = performance.now();
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env, timeout: stepMs, maxBuffer: 1e8 });
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${name}`);
    return stdout;
  } catch (error) {
    const output = Object(error) as { stdout?: string; stderr?: string };
    throw new Error(`${name} failed\n${output.stdout ?? ''}${output.stderr ?? ''}`, { cause: error });
  }
}

/** Installs in an empty folder, runs the quick start and the command, and checks what they print. */
async function tryPackageManager({ name, add, run, files }: PackageManager, env: NodeJS.ProcessEnv): Promise<void> {
  const cwd = join(folder, name.replace(' ', '-'));
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'service', private: true, type: 'module' }));
  for (const [file, content] of Object.entries(files)) writeFileSync(join(cwd, file), content);
  const place = { cwd, env };

  await step(`${name}: add bearings`, [...add, 'bearings'], place);
  copyFileSync(join(root, 'packages/bearings/test/quick-start.ts'), join(cwd, 'quick-start.ts'));
  const order = await step(`${name}: quick start`, [process.execPath, 'quick-start.ts'], place);
  if (!order.includes('99.5')) throw new Error(`The quick start printed: ${order}`);
  const help = await step(`${name}: bearings --help`, [...run, 'bearings', '--help'], place);
  if (!/doctor/.test(help)) throw new Error(`bearings --help printed: ${help}`);
}

try {
  const startedAt = performance.now();
  await using registry = await startRegistry(join(folder, 'registry'));
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  start the registry`);
  await using issuer = await fakeIssuer({ clients: [{ clientId: 'billing', clientSecret: 'a secret' }] }).listen();
  const order = ({ params }: { params: Readonly<Record<string, string>> }): object => ({
    id: params['id'],
    total: 99.5,
  });
  await using api = await fakeApi(issuer, {
    'GET /v1/orders/:id': { scopes: ['orders.read'], answer: order },
  }).listen();

  const npmrc = join(folder, 'publish.npmrc');
  const auth = `${registry.url.replace('http:', '')}:_authToken=${registry.token}`;
  writeFileSync(npmrc, `registry=${registry.url}\n${auth}\n`);
  const publisher = {
    cwd: root,
    env: { ...process.env, NPM_CONFIG_USERCONFIG: npmrc, npm_config_registry: registry.url },
  };
  const publish = [
    process.execPath,
    '.ci/release/publish.ts',
    resolve(process.argv[2] ?? 'release'),
    '--provenance=false',
  ];
  const first = await step('publish all', publish, publisher);
  console.log(`          ${first.trim().split('\n').at(-1)}`);

  const services = { ISSUER_URL: issuer.issuerUrl, CLIENT_SECRET: 'a secret', ORDERS_URL: api.origin };
  // The Node that runs this file is one that the packages allow; the one of the machine may be older.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;
  // What an earlier rehearsal left in a cache names a registry that is gone.
  const caches = {
    npm_config_cache: join(folder, 'npm-cache'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    YARN_GLOBAL_FOLDER: join(folder, 'yarn'),
    BUN_INSTALL_CACHE_DIR: join(folder, 'bun'),
  };
  const env = { ...process.env, ...services, ...caches, PATH: path, NO_COLOR: '1' };
  const tasks = listPackageManagers(registry.url).map((manager) => () => tryPackageManager(manager, env));
  tasks.push(async () => {
    const second = await step('publish all again', publish, publisher);
    if (!second.includes('0 published')) throw new Error(`The second run published again: ${second}`);
  });
  const work = async (): Promise<void> => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await task();
  };
  const outcomes = await Promise.allSettled([work(), work()]);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
  console.log(`token requests ${issuer.counts.granted}, calls ${api.counts.requests}`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
