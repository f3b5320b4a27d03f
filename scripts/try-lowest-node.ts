/**
 * Runs the packed packages on the lowest Node that each of them allows: `engines` says what is proven here.
 *
 *     node scripts/try-lowest-node.ts TARBALLS
 *
 * Every entry point is imported, the core calls over real sockets (`test/runtimes/scene.ts`), undici calls a server, and the
 * commands print their help.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { listImports } from '../.ci/tarballs.ts';
import type { Manifest } from '../.ci/tarballs.ts';
import { installTarballs } from './install-tarballs.ts';

interface RunManifest extends Manifest {
  readonly engines: { readonly node: string };
  readonly bin?: Readonly<Record<string, string>>;
}

const undiciCall = `
  import { createServer } from 'node:http';
  import { createClient } from '@bearings/client';
  import { withUndici } from '@bearings/undici';
  const server = createServer((request, response) => response.end('{"id":42}')).listen(0, '127.0.0.1', async () => {
    const network = withUndici();
    const client = createClient({ baseUrl: 'http://127.0.0.1:' + server.address().port }, network);
    const { id } = await client.get('v1/orders/42').json();
    await network.close();
    server.close();
    process.exitCode = id === 42 ? 0 : 1;
  });`;

const [tarballs = ''] = process.argv.slice(2);
const folder = installTarballs(tarballs, { peers: { '@nestjs/common': '12.5.1', 'reflect-metadata': '0.2.2' } });
let failed = 0;

/** Runs a Node of this version in the folder of the packages, and prints the outcome. */
function tryOn(version: string, subject: string, args: readonly string[]): void {
  const command = ['-y', '--package', `node@${version}`, 'node', ...args];
  const { status, stdout, stderr } = spawnSync('npx', command, { cwd: folder, encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} Node ${version}: ${subject}`);
  if (status === 0) return;
  failed += 1;
  console.log(stdout + stderr);
}

function tryPackage(manifest: RunManifest, path: string): void {
  const { name, engines, bin = {} } = manifest;
  const version = String(semver.minVersion(engines.node));
  const script = listImports(manifest)
    .map((entry) => `await import(${JSON.stringify(entry)});`)
    .join('\n');
  writeFileSync(join(folder, 'entries.mjs'), script);
  tryOn(version, `import of ${name}`, ['entries.mjs']);
  for (const file of Object.values(bin)) tryOn(version, `${name} --help`, [join(path, file), '--help']);
  if (name === '@bearings/undici') tryOn(version, 'a call over undici', ['--input-type=module', '--eval', undiciCall]);
  if (name !== '@bearings/oauth-bearer') return;
  copyFileSync(join(import.meta.dirname, '../test/runtimes/scene.ts'), join(folder, 'scene.ts'));
  tryOn(version, 'the scene over real sockets', ['--experimental-strip-types', 'scene.ts']);
}

for (const path of globSync('node_modules/{bearings,@bearings/*}', { cwd: folder })) {
  tryPackage(JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8')), path);
}
rmSync(folder, { recursive: true });
process.exitCode = failed === 0 ? 0 : 1;
