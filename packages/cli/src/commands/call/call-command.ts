import type { Command } from 'commander';
import { exitCodeHelp } from '../../exit-codes.ts';
import type { RunCommand } from '../run-command.ts';
import type { CallFlags } from './call.ts';

/** Adds `bearings call`. */
export function addCallCommand(program: Command, runCommand: RunCommand): void {
  const command = program
    .command('call')
    .summary('send an authenticated request, like curl for your services')
    .description("Sends a request with a client's credential, and prints the response body as it arrives.")
    .argument('<client>', "the client's name in the config")
    .argument('<path>', "the path, relative to the client's baseUrl; it cannot lead to another origin")
    .option('-X, --method <method>', 'the method (default: GET, or POST with -d)')
    .option('-d, --data <data>', 'the body: text, @file, or @- for stdin')
    .option('-H, --header <header>', "a header, as 'name: value'; can be repeated", appendValue)
    .option('-o, --output <file>', 'the file for the body of a 2xx response (default: stdout)')
    .option('-i, --include', 'print status and headers before the body, without cookies')
    .option('-v, --verbose', 'show stages, attempts, tokens and headers on stderr, without secrets')
    .addHelpText('after', `\n${callHelp}\n\n${exitCodeHelp}`);
  command.action((client: string, path: string, flags: CallFlags) =>
    runCommand(command, async (terminal, global) => {
      const { call } = await import('./call.ts');
      return call(terminal, { client, path, flags, global });
    }),
  );
}

const appendValue = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const callHelp = `Content-type of -d, unless -H sets it:
  text           application/json if it is JSON, application/x-www-form-urlencoded if it is a=b&c=d,
                 otherwise text/plain
  @file and @-   application/json if it begins with { or [, otherwise application/octet-stream

Examples:
  bearings call orders v1/orders/42
  bearings call orders v1/orders -d '{"item": 7}' -H 'idempotency-key: 1'
  bearings call orders v1/export -o export.ndjson
  jq -c . order.json | bearings call orders v1/orders -d @-`;
