import type { Command } from 'commander';

/**
 * Shows the help of a command by its name in words.
 *
 * @throws CommanderError always: with exit code 0, or for an unknown command
 */
export async function showHelp(program: Command, words: readonly string[]): Promise<never> {
  let command = program;
  for (const [place, word] of words.entries()) {
    const names = command.commands.map((each) => each.name());
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) return program.error(`error: ${await unknownCommand(words.slice(0, place + 1), names)}`);
    command = next;
  }
  return command.help();
}

async function unknownCommand(words: readonly string[], names: readonly string[]): Promise<string> {
  const { closestName } = await import('@bearings/client/layer');
  const meant = closestName(words.at(-1) ?? '', names);
  if (meant !== undefined) return `unknown command '${words.join(' ')}'\n(Did you mean ${meant}?)`;
  return `unknown command '${words.join(' ')}'; the commands are ${names.join(', ') || 'none'}`;
}
