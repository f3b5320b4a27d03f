/**
 * Prints what each package costs a service: its own code bundled and minified, the same with its dependencies, and what npm
 * installs. Ends with 1 when one has grown by more than a twentieth of what `scripts/sizes.json` records.
 *
 *     node scripts/measure-size.ts TARBALLS [--update]
 *
 * Bytes of code are those of all entry points, whole: what a service uses of them is less. Only the package's
 * own code is limited: a new release of a dependency changes the rest.
 */
import { globSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { listImports } from '../.ci/tarballs.ts';
import type { Manifest } from '../.ci/tarballs.ts';
import { installTarballs } from './install-tarballs.ts';

interface Size {
  /** The package's own code, minified. */
  readonly ownBytes: number;
  readonly ownGzipBytes: number;
  /** The package with all that it imports but modules of Node and native code. */
  readonly bundledGzipBytes: number;
  /** What npm installs for it, itself included. */
  readonly packages: number;
  readonly installedBytes: number;
}

const record = join(import.meta.dirname, 'sizes.json');
const mostGrowth = 1.05;
const [tarballs = '', flag] = process.argv.slice(2);
const folder = installTarballs(tarballs, { peers: { '@nestjs/common': '12.5.1', 'reflect-metadata': '0.2.2' } });

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));

/** The folders of a package and of all its dependencies, as npm has laid them out. */
function findInstalled(path: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const name of Object.keys(readManifest(path).dependencies ?? {})) {
    const nested = join(path, 'node_modules', name);
    findInstalled(lstatSync(nested, { throwIfNoEntry: false }) ? nested : join(folder, 'node_modules', name), found);
  }
  return found;
}

/** Bytes of the files of a package, without packages installed in it. */
function countBytes(path: string): number {
  const files = globSync('**', { cwd: path, exclude: (name) => name === 'node_modules' });
  return files.reduce((sum, file) => sum + fileBytes(join(path, file)), 0);
}

function fileBytes(file: string): number {
  const stats = lstatSync(file);
  return stats.isFile() ? stats.size : 0;
}

/** The code of all entry points, minified, and compressed. */
async function bundle(manifest: Manifest, isAlone: boolean): Promise<{ bytes: number; gzipBytes: number }> {
  const { name } = manifest;
  const source = listImports(manifest).map(
    (entry, index) => `export * as entry${index} from ${JSON.stringify(entry)};`,
  );
  const isOther = (id: string): boolean =>
    /^node:|^@napi-rs\/|\.node$/.test(id) || (isAlone && !/^[./\0]/.test(id) && !id.startsWith(name) && id !== 'entry');
  const made = await rolldown({
    input: 'entry',
    cwd: folder,
    platform: 'node',
    external: isOther,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? join(folder, 'entry.js') : undefined),
        load: (id) => (id === join(folder, 'entry.js') ? source.join('\n') : undefined),
      },
    ],
  });
  const { output } = await made.generate({ format: 'esm', minify: true });
  const code = output.map((each) => (each.type === 'chunk' ? each.code : '')).join('\n');
  return { bytes: Buffer.byteLength(code), gzipBytes: gzipSync(code).byteLength };
}

async function measure(path: string): Promise<Size> {
  const manifest = readManifest(path);
  const own = await bundle(manifest, true);
  const all = await bundle(manifest, false);
  const installed = [...findInstalled(path)];
  return {
    ownBytes: own.bytes,
    ownGzipBytes: own.gzipBytes,
    bundledGzipBytes: all.gzipBytes,
    packages: installed.length,
    installedBytes: installed.reduce((sum, each) => sum + countBytes(each), 0),
  };
}

/** What of a package is larger than its record allows, or not recorded. */
function findGrowth(name: string, size: Size, before: Size | undefined): readonly string[] {
  // the rest changes with a release of a dependency
  const limited = ['ownBytes', 'ownGzipBytes'] as const;
  const grown = limited.filter((key) => before === undefined || size[key] > before[key] * mostGrowth);
  return grown.map(
    (key) =>
      `${name} has grown: ${key} ${before?.[key] ?? 'not recorded'} → ${size[key]}. Reduce it, or record it with --update`,
  );
}

const kB = (bytes: number): string => (bytes / 1_000).toFixed(1);
const sizes: Record<string, Size> = {};
for (const path of globSync('node_modules/{bearings,@bearings/*}', { cwd: folder }).toSorted()) {
  sizes[path.replace('node_modules/', '')] = await measure(join(folder, path));
}
rmSync(folder, { recursive: true });

console.log('kB | own, minified | gzip | with dependencies, gzip | packages | installed');
for (const [name, size] of Object.entries(sizes)) {
  const cells = [kB(size.ownBytes), kB(size.ownGzipBytes), kB(size.bundledGzipBytes), size.packages];
  console.log([name, ...cells, kB(size.installedBytes)].join(' | '));
}
if (flag === '--update') {
  writeFileSync(record, `${JSON.stringify(sizes, null, 2)}\n`);
} else {
  const known: Record<string, Size> = JSON.parse(readFileSync(record, 'utf8'));
  const grown = Object.entries(sizes).flatMap(([name, size]) => findGrowth(name, size, known[name]));
  for (const line of grown) console.log(line);
  process.exitCode = grown.length === 0 ? 0 : 1;
}
