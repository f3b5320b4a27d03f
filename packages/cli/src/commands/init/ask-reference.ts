import { resolve } from 'node:path';
import { readSecret } from '@bearings/config';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Prompts } from './prompts.ts';
import { checkField } from './check-field.ts';

/** The secret to ask about. */
export interface AskReferenceOptions {
  readonly prompts: Prompts;
  /** Such as `password`. */
  readonly secretName: string;
  /** The environment variable to propose. */
  readonly initial: string;
}

/** Asks for the place of a secret, never for the secret itself, and shows whether the secret exists. */
export async function askReference(terminal: Terminal, options: AskReferenceOptions): Promise<string> {
  const { prompts, secretName } = options;
  const kind = await prompts.choice({
    message: `Where is the ${secretName}? (The config stores only the place, not the secret.)`,
    choices: [
      { value: 'env', name: 'in an environment variable' },
      { value: 'file', name: 'in a file' },
    ],
  });
  const reference = kind === 'env' ? await askVariable(options) : await askFile(options);
  const path = reference.startsWith('file:') ? `file:${resolve(terminal.cwd, reference.slice(5))}` : reference;
  const found = await readSecret(path, { env: terminal.env, kind: secretName === 'private key' ? 'key' : 'secret' });
  if (found.isOk()) await prompts.print('  ✓ it exists');
  else
    await prompts.print(`  ! it does not exist yet:${printable(found.error.message).replace(/^.*\n {2}It /, ' it ')}`);
  return reference;
}

const askVariable = async ({ prompts, secretName, initial }: AskReferenceOptions): Promise<string> =>
  `env:${await prompts.text({ message: `The name of the environment variable with the ${secretName}?`, initial, check: checkField.variable })}`;

const askFile = async ({ prompts, secretName }: AskReferenceOptions): Promise<string> =>
  `file:${await prompts.text({
    message: `The file with the ${secretName}, such as /run/secrets/orders?`,
    check: (answer) => (answer === '' ? 'must be a path' : undefined),
  })}`;

/** The environment variable to propose for a secret of a client. */
export const proposeVariable = (name: string, what: string): string =>
  `${name}-${what}`.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
