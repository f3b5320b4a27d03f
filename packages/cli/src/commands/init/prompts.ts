import { confirm, input, select } from '@inquirer/prompts';
import type { Terminal } from '../../terminal/terminal.ts';

/** A question with a text as its answer. */
interface TextQuestion {
  readonly message: string;
  /** The answer when the user only presses return. */
  readonly initial?: string;
  /** Describes what is wrong with an answer; `undefined` for a valid one. */
  readonly check?: (answer: string) => string | undefined;
}

/** A question with one of several choices as its answer. */
interface ChoiceQuestion<T extends string> {
  readonly message: string;
  readonly choices: readonly { readonly value: T; readonly name: string }[];
}

/** Asks questions and prints lines between them. */
export interface Prompts {
  readonly text: (question: TextQuestion) => Promise<string>;
  readonly choice: <T extends string>(question: ChoiceQuestion<T>) => Promise<T>;
  readonly confirm: (message: string, initial: boolean) => Promise<boolean>;
  readonly print: (line: string) => Promise<void>;
}

/** Asks the user at a terminal. Questions go to stderr, because stdout is for results. */
export function createPrompts({ stdin, stderr, interrupted: signal }: Terminal): Prompts {
  const context = { input: stdin.stream, output: stderr.stream, signal };
  return {
    async text({ message, initial, check }) {
      const validate = (answer: string): string | true => check?.(answer.trim()) ?? true;
      const answer = await input({ message, validate, ...(initial !== undefined && { default: initial }) }, context);
      return answer.trim();
    },
    choice: ({ message, choices }) => select({ message, choices }, context),
    confirm: (message, initial) => confirm({ message, default: initial }, context),
    print: (line) => stderr.write(`${line}\n`),
  };
}
