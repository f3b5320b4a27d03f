import type { OptionSpec } from './command-spec.ts';

/** The options of every command. */
export const globalOptions: readonly OptionSpec[] = [
  {
    flags: '--config <file>',
    description: 'the config (default: $BEARINGS_CONFIG, else bearings.yaml, .yml or .json here)',
    details: '`-` reads it from stdin; a pipe, such as <(sops -d bearings.yaml), is read once.',
    candidates: 'files',
  },
  {
    flags: '--context <name>',
    description: 'the context of the config (default: $BEARINGS_CONTEXT, else the one that the config names)',
    details: 'A context is what differs in one environment, such as dev or prod.',
    candidates: 'contexts',
  },
  {
    flags: '--key <reference>',
    description:
      'the key of stored logins and tokens, env:NAME or file:PATH (default: $BEARINGS_KEY, else the keyring)',
  },
  {
    flags: '--debug',
    description: 'show the HTTP exchanges with the authorization server on stderr, without secrets',
    details: 'Also shows the stacks of unexpected errors.',
  },
  {
    flags: '--no-cache',
    description: 'request tokens anew: neither read nor write stored tokens',
  },
  {
    flags: '--color <when>',
    description: 'whether output has colors (default: auto)',
    details: 'auto: on a terminal, unless NO_COLOR is set; FORCE_COLOR overrides both.',
    choices: ['auto', 'always', 'never'],
  },
];

/** The option that every command has besides. */
export const helpOption: OptionSpec = { flags: '-h, --help', description: 'show help' };

/** The option of the program alone. */
export const versionOption: OptionSpec = { flags: '--version', description: 'show the version' };
