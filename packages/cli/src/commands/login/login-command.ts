import type { CommandSpec } from '../../command-line/command-spec.ts';
import { clientArgument } from '../client-argument.ts';
import type { LoginFlags } from './login.ts';

/** `bearings login`. */
export const loginCommand: CommandSpec<[client: string, flags: LoginFlags]> = {
  name: 'login',
  summary: 'log in, for clients with the token of a person',
  description:
    'Asks for your consent in a browser and stores the tokens, encrypted. Over SSH, in a container and without a display it shows a code to enter on another device.',
  arguments: [
    {
      ...clientArgument,
      description: "the client's name in the config; its auth.type is oauth2_authorization_code",
    },
  ],
  options: [
    { flags: '--device', description: 'show a code to enter on another device', details: 'RFC 8628.' },
    {
      flags: '--no-browser',
      description: 'print the URL to open, and read the URL that the browser is redirected to',
      details: 'For a browser on another machine.',
    },
    {
      flags: '--port <port>',
      description: 'the port to listen on at 127.0.0.1; can be repeated (default: any that is free)',
      isRepeatable: true,
    },
  ],
  async run(terminal, global, [client, flags]) {
    const { login } = await import('./login.ts');
    return login(terminal, { client, flags, global });
  },
};
