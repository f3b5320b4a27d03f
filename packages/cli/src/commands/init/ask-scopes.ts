import { printable } from '../../output/redaction.ts';
import { checkField } from './check-field.ts';
import type { Prompts } from './prompts.ts';

/** What is known of the scopes. */
export interface AskScopesOptions {
  /** The scopes that the server lists (RFC 8414); `undefined` when it lists none. */
  readonly supported: readonly string[] | undefined;
  /** The scopes to propose. Default: none. */
  readonly initial?: readonly string[] | undefined;
}

const maxShown = 20;

/** Asks for scopes. Shows those that the server lists, and says which it does not list; it may accept others. */
export async function askScopes(
  prompts: Prompts,
  { supported, initial = [] }: AskScopesOptions,
): Promise<readonly string[]> {
  if (supported !== undefined && supported.length > 0) {
    const more = supported.length > maxShown ? ` and ${supported.length - maxShown} more` : '';
    await prompts.print(printable(`  the server lists the scopes ${supported.slice(0, maxShown).join(' ')}${more}`));
  }
  const scopes = splitWords(
    await prompts.text({
      message: 'The scopes, separated by spaces (leave empty for none)?',
      initial: initial.join(' '),
      check: (answer) => checkField.oauth2('scopes', splitWords(answer)),
    }),
  );
  const unlisted = scopes.filter((scope) => supported !== undefined && !supported.includes(scope));
  if (unlisted.length > 0) await prompts.print(printable(`  ! the server does not list ${unlisted.join(' ')}`));
  return scopes;
}

const splitWords = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');
