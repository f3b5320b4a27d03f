import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..');
const outDir = join(root, 'dist/page');
const stamp = join(outDir, 'sources.txt');

/** What the built page depends on. */
function hashSources(): string {
  const files = [
    'package.json',
    'scripts/build-page.ts',
    ...globSync(['page/**/*.{ts,tsx,css}', 'src/documents/*.ts'], { cwd: root }),
  ];
  const hash = createHash('sha256');
  for (const file of files.toSorted()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** One script and one style sheet. Vite is used here only. */
async function buildPage(into: string): Promise<void> {
  await build({
    root: join(root, 'page'),
    configFile: false,
    logLevel: 'warn',
    mode: 'production', // also when a test builds it
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      outDir: into,
      emptyOutDir: true,
      target: 'es2024',
      modulePreload: false,
      cssCodeSplit: false,
      rollupOptions: {
        input: join(root, 'page/app.tsx'),
        output: { entryFileNames: 'app.js', assetFileNames: 'app.[ext]' },
      },
    },
  });
}

const hash = hashSources();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
  const fresh = `${outDir}-${process.pid}`; // several processes may build at once
  await buildPage(fresh);
  writeFileSync(join(fresh, 'sources.txt'), hash);
  rmSync(outDir, { recursive: true, force: true });
  try {
    renameSync(fresh, outDir);
  } catch {
    rmSync(fresh, { recursive: true }); // another process was faster
  }
}
