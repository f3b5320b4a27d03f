import type { ApiHints } from './look-at-api.ts';
import type { Prompts } from './prompts.ts';

/** The client to ask about. */
export interface AskAuthOptions {
  readonly prompts: Prompts;
  readonly name: string;
  readonly hints: ApiHints;
}
