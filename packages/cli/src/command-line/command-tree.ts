import type { CommandSpec } from './command-spec.ts';

/** The commands of a group; of all commands for ''. */
export const children = (specs: readonly CommandSpec[], name: string): readonly CommandSpec[] =>
  specs.filter((spec) => spec.name.split(' ').slice(0, -1).join(' ') === name);
