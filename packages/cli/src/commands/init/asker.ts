import { confirm, input, select } from '@inquirer/prompts';
import type { Terminal } from '../../terminal/terminal.ts';

/** A question that is answered by a text. */
interface TextQuestion {
  readonly message: string;
  /** What a bare return means. */
  readonly initial?: string;
  /** What is wrong with an answer; `undefined` when nothing is. */
  readonly check?: (answer: string) => string | undefined;
}

/** A question that is answered by one of several words. */
interface ChoiceQuestion<T extends string> {
  readonly message: string;
  readonly choices: readonly { readonly value: T; readonly name: string }[];
}

/** Who is asked. */
export interface Asker {
  readonly text: (question: TextQuestion) => Promise<string>;
  readonly choice: <T extends string>(question: ChoiceQuestion<T>) => Promise<T>;
  readonly confirm: (message: string, initial: boolean) => Promise<boolean>;
  /** Tells something between two questions. */
  readonly tell: (line: string) => Promise<void>;
}

/** The person at a terminal. Questions go to stderr: stdout is for results. */
export function personAt({ stdin, stderr, interrupted: signal }: Terminal): Asker {
  const context = { input: stdin.stream, output: stderr.stream, signal };
  return {
    async text({ message, initial, check }) {
      const validate = (answer: string): string | true => check?.(answer.trim()) ?? true;
      const answer = await input({ message, validate, ...(initial !== undefined && { default: initial }) }, context);
      return answer.trim();
    },
    choice: ({ message, choices }) => select({ message, choices }, context),
    confirm: (message, initial) => confirm({ message, default: initial }, context),
    tell: (line) => stderr.write(`${line}\n`),
  };
}
