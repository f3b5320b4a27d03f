import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';

/** Each tutorial, and the one whose folder and running servers it begins with. */
const tutorials: readonly (readonly string[])[] = [
  ['first-client', 'config-file'],
  ['test-your-service'],
  ['act-for-a-user'],
];

interface Step {
  readonly kind: string;
  readonly title: string;
  readonly text: string;
}

/** The fenced blocks of a tutorial, in their order. */
const readSteps = (name: string): readonly Step[] =>
  [...readFileSync(`docs/tutorials/${name}.md`, 'utf8').matchAll(/^```(\w+) ?(.*)\n([^]*?)^```$/gm)].map(
    ([, kind = '', title = '', text = '']) => ({ kind, title, text }),
  );

/** Ports differ from run to run. */
const withoutPorts = (text: string): string => text.replaceAll(/(?<=127\.0\.0\.1:)\d+/g, '<port>');

/** A folder of a reader in which all packages are installed. */
function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of ['.bin', '@bearings', '@types', 'vitest'])
    symlinkSync(resolve('node_modules', name), join(modules, name));
  return folder;
}

/** A terminal of a reader. `printed` is what came since the last line that was typed. */
function openShell(folder: string): { type(line: string): void; printed(): string; close(): Promise<void> } {
  const env = {
    PATH: `${resolve('node_modules/.bin')}:${process.env['PATH']}`,
    HOME: folder,
    NO_COLOR: '1',
    CI: 'true',
  };
  const shell = spawn('bash', { cwd: folder, env, detached: true });
  const ended = once(shell, 'exit');
  let printed = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return {
    type: (line) => {
      printed = '';
      shell.stdin.write(line);
    },
    printed: () => printed,
    close: async () => {
      if (shell.pid !== undefined && shell.exitCode === null) process.kill(-shell.pid, 'SIGKILL');
      await ended;
    },
  };
}

type Shell = ReturnType<typeof openShell>;

function open(folder: string): Shell {
  const shell = openShell(folder);
  onTestFinished(() => shell.close());
  return shell;
}

/** Does what a reader does with each block: saves the file, types the command, compares what is printed. */
async function follow(name: string, folder: string, shell: Shell): Promise<number> {
  let current = shell;
  let outputs = 0;
  for (const { kind, title, text } of readSteps(name)) {
    if (kind === 'ts') writeFileSync(join(folder, basename(title)), text);
    if (kind === 'sh' && text.startsWith('npm install')) expectInstalled(text);
    else if (kind === 'sh') {
      current = title === 'keeps running' ? open(folder) : shell;
      current.type(text);
    }
    if (kind !== 'text') continue;
    outputs += 1;
    const seen = current;
    await expect.poll(() => withoutPorts(seen.printed()), { timeout: 60_000 }).toContain(withoutPorts(text.trimEnd()));
  }
  return outputs;
}

function expectInstalled(command: string): void {
  const missing = command
    .trim()
    .split(' ')
    .slice(2)
    .filter((name) => globSync(`node_modules/${name}/package.json`).length === 0);
  expect(missing).toEqual([]);
}

test.each(tutorials)('a reader who follows %s sees what it shows', { timeout: 240_000 }, async (...names) => {
  const folder = createFolder();
  const shell = open(folder);
  let outputs = 0;

  for (const name of names.filter((each) => typeof each === 'string')) outputs += await follow(name, folder, shell);

  expect(outputs).toBeGreaterThan(0);
});

test('every tutorial is followed', () => {
  const pages = globSync('docs/tutorials/*.md').map((page) => basename(page, '.md'));

  expect(tutorials.flat().toSorted()).toEqual(pages.toSorted());
});
