/** What users install: the packed tarballs, installed by npm. Their folder is `BEARINGS_TARBALLS`; `.ci/run` fills it. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { listImports } from '../../.ci/tarballs.ts';
import { installTarballs } from '../../scripts/install-tarballs.ts';

const run = promisify(execFile);
const tarballs = process.env['BEARINGS_TARBALLS'] ?? '';
const installed = installTarballs(tarballs, { peers: { '@nestjs/common': '12.5.1', 'reflect-metadata': '0.2.2' } });
const packages = globSync('node_modules/{bearings,@bearings/*}', { cwd: installed });

afterAll(() => rmSync(installed, { recursive: true }), 60_000);

/** What a new process prints in which the packages are installed. */
async function evaluate(script: string): Promise<string> {
  const args = ['--enable-source-maps', '--input-type=module', '--eval', script];
  const { stdout } = await run(process.execPath, args, { cwd: installed });
  return stdout;
}

test('all packages are installed', () => {
  const folders = globSync('packages/*');

  expect(packages).toHaveLength(folders.length);
  expect(folders.length).toBeGreaterThan(10);
});

test.each(packages)('%s has README, LICENSE, CHANGELOG, and code with maps', (folder) => {
  const names = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json'];

  const files = globSync(['dist/**/*.js', 'dist/**/*.d.ts'], {
    cwd: join(installed, folder),
    exclude: ['dist/page/**'],
  });
  const withoutMap = files.filter((file) => {
    const text = readFileSync(join(installed, folder, file), 'utf8');
    // a file that only names what others export needs no map, and the compiler's own helper has none
    const isList = /^(?:\/\/.*\n|import [^;]+;\n|export [^;]+;\n*)*$/.test(text);
    return !isList && !file.includes('usingCtx') && !existsSync(join(installed, folder, `${file}.map`));
  });

  expect(names.filter((name) => !existsSync(join(installed, folder, name)))).toEqual([]);
  expect(files.length).toBeGreaterThan(1);
  expect(withoutMap).toEqual([]);
});

test.each(packages)('the sources that the maps of %s name are in its tarball', (folder) => {
  const maps = globSync(['dist/**/*.js.map', 'dist/**/*.d.ts.map'], { cwd: join(installed, folder) });

  const missing = maps.flatMap((map) => {
    const file = join(installed, folder, map);
    const { sources }: { sources: readonly string[] } = JSON.parse(readFileSync(file, 'utf8'));
    return sources.filter((source) => !source.includes('@oxc-project') && !existsSync(join(dirname(file), source)));
  });

  expect(maps.length).toBeGreaterThan(1);
  expect(missing).toEqual([]);
});

test.each(packages)('each relative link of the README of %s leads to a file in its tarball', (folder) => {
  const readme = readFileSync(join(installed, folder, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);

  expect(links.filter((link) => !existsSync(resolve(installed, folder, link)))).toEqual([]);
});

test.each(packages)('every entry point of %s can be imported', async (folder) => {
  const manifest = JSON.parse(readFileSync(join(installed, folder, 'package.json'), 'utf8'));

  const printed = await evaluate(`
    for (const name of ${JSON.stringify(listImports(manifest))}) if (Object.keys(await import(name)).length === 0) console.log(name);
    console.log('done');`);

  expect(printed).toBe('done\n');
});

test('a class is the same in every entry point, so that instanceof and isBearingsError hold across packages', async () => {
  const printed = await evaluate(`
    import { createClient, isBearingsError } from '@bearings/client';
    import * as errors from '@bearings/client/errors';
    import { layer, ClientRequest, Call } from '@bearings/client/layer';
    import { AccessToken, TokenClosedError } from '@bearings/oauth-bearer/source';
    import { Token, TokenConfigError, staticToken, withBearerAuth } from '@bearings/oauth-bearer';
    import * as bearings from 'bearings';
    const thrown = (act) => { try { act(); } catch (error) { return error; } };
    const seen = [];
    const network = layer('transport', 'net', () => async (request, call) => {
      seen.push(request instanceof ClientRequest, call instanceof Call);
      return new Response('{}');
    });
    const token = staticToken('a-secret');
    await createClient({ baseUrl: 'https://orders.test' }, withBearerAuth(token), network).get('v1').json();
    const wrong = thrown(() => createClient({ retires: 1 }));
    const refused = (await Token.create({})).error;
    const closed = (await (async () => { await token.close(); return token.get(); })()).error;
    console.log(JSON.stringify({
      seen,
      wrong: wrong instanceof errors.ConfigError && isBearingsError(wrong, 'CONFIG') && bearings.isBearingsError(wrong),
      refused: refused instanceof TokenConfigError && refused instanceof errors.BearingsError && isBearingsError(refused),
      token: staticToken('b').read().value instanceof AccessToken,
      closed: closed instanceof TokenClosedError,
      same: bearings.Token === Token,
    }));`);

  expect(JSON.parse(printed)).toEqual({
    seen: [true, true],
    wrong: true,
    refused: true,
    token: true,
    closed: true,
    same: true,
  });
});

test('a stack trace names the sources', async () => {
  const printed = await evaluate(`
    import { createClient } from '@bearings/client';
    import { ConfigError } from '@bearings/client/errors';
    try { createClient({ retires: 1 }); } catch (error) { console.log(error.stack); }`);

  expect(printed).toMatch(/@bearings\/client\/src\/client\.ts:\d+:\d+/);
  expect(printed).toContain('@bearings/client/src/client-options.ts:');
  expect(printed).not.toContain('/dist/');
});

test('the command runs by both names of its package', async () => {
  const { version } = JSON.parse(readFileSync(join(installed, 'node_modules/@bearings/cli/package.json'), 'utf8'));
  const outputs = await Promise.all(
    ['bearings/dist/main.js', '@bearings/cli/dist/main.js'].map((file) =>
      run(process.execPath, [join(installed, 'node_modules', file), '--version']),
    ),
  );

  expect(outputs.map(({ stdout }) => stdout)).toEqual([`${version}\n`, `${version}\n`]);
  expect(existsSync(join(installed, 'node_modules/.bin/bearings'))).toBe(true);
});
