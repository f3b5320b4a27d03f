import { styleText } from 'node:util';

/** Tells a person what happens, as it happens. */
export interface Timeline {
  /** What one client is made of, from the caller down to the API. */
  picture(stages: readonly string[]): void;
  /** Something happened: when, what, and what was counted. */
  tell(event: string, detail: string): void;
  /** A line by itself, for how it ended. */
  conclude(line: string, kind: 'good' | 'bad'): void;
}

/** What each stage is for, in a few words. */
const concerns: Readonly<Record<string, string>> = {
  retry: 'asks again when that may help',
  bearer: 'puts the token on',
  timeout: "one attempt's clock",
  identify: 'says who calls',
  limit: 'bounds the answer',
  redirect: 'stays within the origin',
  guard: 'https only, this machine apart',
  undici: 'the network',
};

export function createTimeline(print: (line: string) => void): Timeline {
  const beganAt = performance.now();
  const paint = painter();
  return {
    picture(stages) {
      print(`\n   orders.get('v1/orders/42').json()`);
      for (const name of stages) {
        print(`     ${paint('cyan', '▼')} ${name.padEnd(10)} ${paint('dim', concerns[name] ?? '')}`);
      }
      print(`   orders API\n`);
    },
    tell(event, detail) {
      const ms = String(Math.round(performance.now() - beganAt)).padStart(6);
      print(`${paint('dim', `${ms} ms`)}  ${paint('bold', event.padEnd(18))} ${detail}`);
    },
    conclude(line, kind) {
      print(kind === 'good' ? paint('green', `✓ ${line}`) : paint('red', `✗ ${line}`));
    },
  };
}

/** Colours for a terminal whose owner wants them; plain text for a file, a pipe and https://no-color.org. */
function painter(): (format: 'bold' | 'cyan' | 'dim' | 'green' | 'red', text: string) => string {
  const coloured = process.stdout.isTTY && !process.env['NO_COLOR'];
  return (format, text) => (coloured ? styleText(format, text, { validateStream: false }) : text);
}
