#!/usr/bin/env node
import { isatty } from 'node:tty';
import { exitCodes } from './exit-codes.ts';
import { run } from './program.ts';
import { createOutput } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

const interruption = new AbortController();

// once: the second ctrl-C ends the process at once, even while it waits to open a named pipe
process.once('SIGINT', () => interruption.abort());

// a reader that closes the pipe early, such as `head`, is not a failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  process.stderr.write(`bearings: the output cannot be written (${error.code})\n`);
  process.exit(exitCodes.unexpected);
});
process.stderr.on('error', () => {});

const terminal: Terminal = {
  stdin: {
    isTTY: isatty(0),
    // opened only when a command reads it
    get stream() {
      return process.stdin;
    },
  },
  stdout: createOutput(process.stdout, process.env),
  stderr: createOutput(process.stderr, process.env),
  env: process.env,
  cwd: process.cwd(),
  fetch: (input, init) => globalThis.fetch(input, init),
  interrupted: interruption.signal,
};

process.exitCode = await run(process.argv.slice(2), terminal);
