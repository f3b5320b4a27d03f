import { styleText } from 'node:util';

/** Prints events as they happen. */
export interface Timeline {
  /** Prints an event with its time and its counts. */
  printEvent(event: string, detail: string): void;
  /** Prints a line about the result. */
  printResult(line: string, kind: 'good' | 'bad'): void;
}

export function createTimeline(print: (line: string) => void): Timeline {
  const startedAt = performance.now();
  const color = createColor();
  return {
    printEvent(event, detail) {
      const ms = String(Math.round(performance.now() - startedAt)).padStart(6);
      print(`${color('dim', `${ms} ms`)}  ${color('bold', event.padEnd(19))} ${detail}`);
    },
    printResult(line, kind) {
      print(kind === 'good' ? color('green', `✓ ${line}`) : color('red', `✗ ${line}`));
    },
  };
}

/** Uses colors on a terminal, unless NO_COLOR is set (https://no-color.org). */
function createColor(): (format: 'bold' | 'dim' | 'green' | 'red', text: string) => string {
  const hasColor = process.stdout.isTTY && !process.env['NO_COLOR'];
  return (format, text) => (hasColor ? styleText(format, text, { validateStream: false }) : text);
}
