#!/usr/bin/env node
import { isatty } from 'node:tty';
import { exitCodes } from './exit-codes.ts';
import { run } from './program.ts';
import { outputOn } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

const interruption = new AbortController();

// the second ctrl-C is the system's own: it waits for nothing, not even for a pipe that nobody has opened
process.once('SIGINT', () => interruption.abort());

// whoever read the output has read enough, as `head` does: that is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  process.stderr.write(`bearings: the output cannot be written (${error.code})\n`);
  process.exit(exitCodes.unexpected);
});
process.stderr.on('error', () => {});

const terminal: Terminal = {
  get stdin() {
    return { isTTY: isatty(0), stream: process.stdin };
  },
  stdout: outputOn(process.stdout, process.env),
  stderr: outputOn(process.stderr, process.env),
  env: process.env,
  cwd: process.cwd(),
  fetch: (input, init) => globalThis.fetch(input, init),
  interrupted: interruption.signal,
};

process.exitCode = await run(process.argv.slice(2), terminal);
