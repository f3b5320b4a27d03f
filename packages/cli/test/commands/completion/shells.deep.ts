import { spawnSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configFolder } from '../../fixtures/config-folder.ts';
import type { ConfigFolder } from '../../fixtures/config-folder.ts';
import { hasScript, runOnTerminal, runProcess } from '../../fixtures/run-process.ts';
import type { RunOptions } from '../../fixtures/run-process.ts';

const main = resolve(import.meta.dirname, '../../../src/main.ts');
const none = { type: 'none' };

let folder: ConfigFolder;
let options: RunOptions;
beforeAll(async () => {
  folder = configFolder(
    {
      clients: {
        orders: { baseUrl: 'https://orders.internal', auth: none },
        stock: { baseUrl: 'https://stock.internal', auth: none },
      },
    },
    { 'order.json': { text: '{}' } },
  );
  const command = join(folder.path, 'bearings');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(command, 0o755);
  options = { cwd: folder.path, env: { PATH: `${folder.path}:${process.env['PATH'] ?? ''}`, HOME: folder.path } };
});
afterAll(() => folder[Symbol.dispose]());

/** What is typed before the tab, and the line after it. */
const lines = [
  ['bearings ca', 'bearings call '],
  ['bearings auth st', 'bearings auth status '],
  ['bearings explain sto', 'bearings explain stock '],
  ['bearings call orders --verb', 'bearings call orders --verbose '],
  ['bearings --color=alw', 'bearings --color=always '],
  ['bearings --config bearings.y', 'bearings --config bearings.yaml '],
  ['bearings --config=bearings.y', 'bearings --config=bearings.yaml '],
  ["bearings call orders v1 -H 'a: b' --col", "bearings call orders v1 -H 'a: b' --color "],
  ['bearings call orders v1 -d @ord', 'bearings call orders v1 -d @order.json '],
] as const;

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true'], { stdio: 'ignore' }).status === 0;

/** Control-X writes the line into a file, and clears it. */
const setups = {
  bash: `eval "$(bearings completion bash)"
show() { printf '%s\\n' "$READLINE_LINE" >> shown; READLINE_LINE=''; READLINE_POINT=0; }
bind -x '"\\C-x": show'
bind 'set enable-bracketed-paste off'
PS1='PROMPT>'
echo READY
`,
  zsh: `PS1='PROMPT>'
autoload -Uz compinit && compinit -u -d zcompdump
eval "$(bearings completion zsh)"
show() { print -r -- "$BUFFER" >> shown; BUFFER='' }
zle -N show
bindkey '^X' show
unset zle_bracketed_paste
print READY
`,
};

test.for([
  ['bash', 'bash --noprofile --rcfile setup -i'],
  ['zsh', 'zsh -f -i'],
] as const)('tab on a terminal completes a line in %s', async ([shell, command], { skip }) => {
  skip(!isInstalled(shell) || !hasScript, `${shell}, or script of util-linux, is not installed`);
  await writeFile(join(folder.path, 'setup'), setups[shell]);
  await writeFile(join(folder.path, 'shown'), '');
  const typed = lines.map(([line]) => `${line}\t\u0018`).join('');

  await runOnTerminal(command, {
    ...options,
    onStart(child) {
      let [seen, isSetUp, isTyped] = ['', shell === 'bash', false];
      child.stdout?.on('data', (piece: Buffer) => {
        seen += String(piece);
        // only once the shell reads keys: before that, the terminal would take control-D for the end of the input
        if (!isSetUp) child.stdin?.write(' . ./setup\r');
        isSetUp = true;
        if (isTyped || !/READY\r?\n[^]*PROMPT>/.test(seen)) return;
        isTyped = true;
        child.stdin?.write(`${typed}\u0004\u0004`);
      });
    },
  });

  expect((await readFile(join(folder.path, 'shown'), 'utf8')).split('\n')).toEqual([
    ...lines.map(([, line]) => line),
    '',
  ]);
});

test('fish offers the words with their descriptions', async ({ skip }) => {
  skip(!isInstalled('fish'), 'fish is not installed');
  const asked = lines.map(([line]) => `complete --do-complete "${line}"`).join('\n');

  const { out } = await runProcess(
    'fish',
    ['--no-config', '-c', `bearings completion fish | source\n${asked}`],
    options,
  );

  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0]),
  ).toEqual(lines.map(([, line]) => line.trimEnd().split(' ').at(-1)));
  expect(out).toContain('stock\thttps://stock.internal');
});
