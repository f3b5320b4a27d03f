#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { run } from './program.ts';

const interruption = new AbortController();
process.once('SIGINT', () => {
  interruption.abort();
  process.stdin.destroy(); // ends a wait for the query on stdin
});

// a reader that stops early, such as `head`, is not a failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`✗ The output cannot be written (${error.code})\n`);
  process.exit(70);
});

process.exitCode = await run(process.argv.slice(2), {
  print: (output) => void process.stdout.write(output),
  printError: (line) => void process.stderr.write(`${line}\n`),
  readInput: () => text(process.stdin),
  env: process.env,
  cwd: process.cwd(),
  signal: interruption.signal,
  tokenOptions: {},
});
