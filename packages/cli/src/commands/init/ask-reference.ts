import { resolve } from 'node:path';
import { readSecret } from '@bearings/config';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Asker } from './asker.ts';
import { fieldCheck } from './field-check.ts';

/** Who is asked, and for what. */
export interface ReferenceQuestions {
  readonly asker: Asker;
  /** Such as `password`. */
  readonly what: string;
  /** The variable that is proposed. */
  readonly initial: string;
}

/** Asks where a secret is, never for the secret itself, and says whether it is there now. */
export async function askReference(terminal: Terminal, questions: ReferenceQuestions): Promise<string> {
  const { asker, what } = questions;
  const kind = await asker.choice({
    message: `Where is the ${what}? (It stays there: the config only names the place.)`,
    choices: [
      { value: 'env', name: 'in an environment variable' },
      { value: 'file', name: 'in a file' },
    ],
  });
  const reference = kind === 'env' ? await askVariable(questions) : await askFile(questions);
  const path = reference.startsWith('file:') ? `file:${resolve(terminal.cwd, reference.slice(5))}` : reference;
  const found = await readSecret(path, { env: terminal.env, kind: what === 'private key' ? 'key' : 'secret' });
  if (found.isOk()) await asker.tell('  ✓ it is there');
  else await asker.tell(`  ! it is not there yet:${printable(found.error.message).replace(/^.*\n {2}It /, ' it ')}`);
  return reference;
}

const askVariable = async ({ asker, what, initial }: ReferenceQuestions): Promise<string> =>
  `env:${await asker.text({ message: `The variable that has the ${what}, by its name?`, initial, check: fieldCheck.variable })}`;

const askFile = async ({ asker, what }: ReferenceQuestions): Promise<string> =>
  `file:${await asker.text({
    message: `The file that has the ${what}, such as /run/secrets/orders?`,
    check: (answer) => (answer === '' ? 'a path' : undefined),
  })}`;
