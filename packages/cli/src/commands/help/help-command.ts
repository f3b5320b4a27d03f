import type { CommandSpec } from '../../command-line/command-spec.ts';

/** `bearings help`: the parser, which knows the help of every command, runs it. */
export const helpCommand: CommandSpec = {
  name: 'help',
  summary: 'show the help of a command',
  description: 'Shows what --help of a command shows.',
  arguments: [
    {
      usage: '[command...]',
      description: 'such as call or auth token (default: all commands)',
      candidates: 'commands',
    },
  ],
};
