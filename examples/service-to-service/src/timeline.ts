import { styleText } from 'node:util';

/** Prints events as they happen. */
export interface Timeline {
  /** Prints the stages of a client, from the caller to the API. */
  printStages(stages: readonly string[]): void;
  /** Prints an event with its time and its counts. */
  printEvent(event: string, detail: string): void;
  /** Prints a line about the result. */
  printResult(line: string, kind: 'good' | 'bad'): void;
}

/** What each stage does. */
const descriptions: Readonly<Record<string, string>> = {
  retry: 'sends again what may succeed',
  bearer: 'adds the token',
  timeout: 'limits the time of one attempt',
  userAgent: 'names the caller',
  responseSize: 'limits the size of the body',
  redirect: 'follows only within the origin',
  destination: 'allows https only, and http to this machine',
  undici: 'sends the request',
};

export function createTimeline(print: (line: string) => void): Timeline {
  const startedAt = performance.now();
  const color = createColor();
  return {
    printStages(stages) {
      print(`\n   orders.get('v1/orders/42').json()`);
      for (const name of stages) {
        print(`     ${color('cyan', '▼')} ${name.padEnd(12)} ${color('dim', descriptions[name] ?? '')}`);
      }
      print(`   orders API\n`);
    },
    printEvent(event, detail) {
      const ms = String(Math.round(performance.now() - startedAt)).padStart(6);
      print(`${color('dim', `${ms} ms`)}  ${color('bold', event.padEnd(18))} ${detail}`);
    },
    printResult(line, kind) {
      print(kind === 'good' ? color('green', `✓ ${line}`) : color('red', `✗ ${line}`));
    },
  };
}

/** Uses colors on a terminal, unless NO_COLOR is set (https://no-color.org). */
function createColor(): (format: 'bold' | 'cyan' | 'dim' | 'green' | 'red', text: string) => string {
  const hasColor = process.stdout.isTTY && !process.env['NO_COLOR'];
  return (format, text) => (hasColor ? styleText(format, text, { validateStream: false }) : text);
}
