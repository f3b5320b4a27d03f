import type { Command } from 'commander';
import type { CallFlags } from './call/call.ts';
import { exitCodeHelp } from '../exit-codes.ts';
import type { Settle } from './command.ts';

/** Adds `bearings call`. */
export function addCall(program: Command, settle: Settle): void {
  const command = program
    .command('call')
    .summary('an authenticated request, like curl for your services')
    .description('Makes a request with the credential of a client, and prints the body of the answer as it comes.')
    .argument('<client>', "the client's name in the config")
    .argument('<path>', "the path, from the client's baseUrl; it cannot lead to another origin")
    .option('-X, --method <method>', 'the method (default: GET, with -d POST)')
    .option('-d, --data <data>', 'the body: text, @file, or @- for stdin')
    .option('-H, --header <header>', "a header, as 'name: value'; may be given again", collect)
    .option('-o, --output <file>', 'where the body of a 2xx goes (default: stdout)')
    .option('-i, --include', 'print the head of the answer before its body, without cookies')
    .option('-v, --verbose', 'show what happens on the way: stages, attempts, tokens, headers; no secrets')
    .addHelpText('after', `\n${callHelp}\n\n${exitCodeHelp}`);
  command.action((client: string, path: string, flags: CallFlags) =>
    settle(command, async (terminal, global) => {
      const { call } = await import('./call/call.ts');
      return call(terminal, { client, path, flags, global });
    }),
  );
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const callHelp = `Content-type of -d, unless -H says it:
  text           application/json if it is JSON, application/x-www-form-urlencoded if it is a=b&c=d,
                 else text/plain
  @file and @-   application/json if it begins with { or [, else application/octet-stream

Examples:
  bearings call orders v1/orders/42
  bearings call orders v1/orders -d '{"item": 7}' -H 'idempotency-key: 1'
  bearings call orders v1/export -o export.ndjson
  jq -c . order.json | bearings call orders v1/orders -d @-`;
