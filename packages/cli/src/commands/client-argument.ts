import type { ArgumentSpec } from '../command-line/command-spec.ts';

/** The argument of a command for one client. */
export const clientArgument: ArgumentSpec = {
  usage: '<client>',
  description: "the client's name in the config",
  candidates: 'clients',
};
