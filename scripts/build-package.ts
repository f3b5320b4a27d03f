/**
 * Builds the package in the current folder into `dist`: its declarations, and one file of JavaScript for each entry point,
 * with chunks for what they share, so that a class is the same in all of them. Dependencies stay imports.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

/** One file, or one for each condition. */
type Targets = string | Readonly<Record<string, string>>;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Targets>>;
  readonly publishConfig: {
    readonly bin?: Readonly<Record<string, string>>;
    readonly exports: Readonly<Record<string, Targets>>;
  };
}

/** The name of each file in `dist`, without `.js`, and its source. */
function findEntries({ bin = {}, exports, publishConfig }: Manifest): Record<string, string> {
  const pairs = [
    ...Object.entries(exports).map(([key, source]) => [source, publishConfig.exports[key]] as const),
    ...Object.entries(bin).map(([key, source]) => [source, publishConfig.bin?.[key]] as const),
  ];
  return Object.fromEntries(
    pairs.flatMap(([sources, targets = {}]) =>
      Object.entries(typeof targets === 'string' ? { default: targets } : targets).flatMap(([condition, target]) => {
        const name = target.match(/^\.\/dist\/([\w-]+)\.js$/)?.[1];
        const source = typeof sources === 'string' ? sources : sources[condition];
        return name === undefined || source === undefined ? [] : [[name, source]];
      }),
    ),
  );
}

/** True for a module of Node or of a dependency; false for a file of the package, and for what the compiler adds. */
function isExternal(id: string): boolean {
  if (/^[.\0/]/.test(id) || id.startsWith('@oxc-project/runtime/')) return false;
  const name = id.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? id;
  if (id.startsWith('node:') || declared.has(name)) return true;
  throw new Error(`${id} is imported, and no dependency of ${process.cwd()}`);
}

/** Writes what is out of date of the declarations, also of the packages that this one builds on. */
function buildDeclarations(): void {
  const compiler = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--build'], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { dependencies, optionalDependencies, peerDependencies } = manifest;
const declared = new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }));

buildDeclarations();
for (const file of globSync('dist/**/*.{js,js.map}', { exclude: ['dist/page/**'] })) rmSync(file);
await build({
  input: findEntries(manifest),
  external: isExternal,
  platform: 'neutral',
  tsconfig: false,
  transform: { target: 'es2024' },
  logLevel: 'warn',
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true, annotation: true, jsdoc: false },
    sourcemap: true,
    sourcemapExcludeSources: true, // the sources are in the tarball
  },
});
