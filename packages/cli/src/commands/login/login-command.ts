import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';
import type { LoginFlags } from './login.ts';

/** Adds `bearings login`. */
export function addLoginCommand(program: Command, runCommand: RunCommand): void {
  const command = program
    .command('login')
    .summary('log in, for clients with the token of a person')
    .description(
      'Asks for your consent in a browser and stores the tokens, encrypted. Over SSH, in a container and without a display it shows a code to enter on another device.',
    )
    .argument('<client>', "the client's name in the config; its auth.type is oauth2_authorization_code")
    .option('--device', 'show a code to enter on another device')
    .option('--no-browser', 'print the URL to open, and read the URL that the browser is redirected to')
    .option(
      '--port <port>',
      'the port to listen on at 127.0.0.1; can be repeated (default: any that is free)',
      addPort,
    );
  command.action((client: string, flags: LoginFlags) =>
    runCommand(command, async (terminal, global) => {
      const { login } = await import('./login.ts');
      return login(terminal, { client, flags, global });
    }),
  );
}

const addPort = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
