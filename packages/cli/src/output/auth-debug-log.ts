import type { Terminal } from '../terminal/terminal.ts';
import { color } from './color.ts';
import { formatDuration } from './format-duration.ts';
import type { ExchangeListener } from './observe-exchanges.ts';
import { printable } from './redaction.ts';

/** Shows each request and response on stderr, as they come. */
export function printExchanges(terminal: Pick<Terminal, 'stderr'>): ExchangeListener {
  return async ({ method, url, headers, form }) => {
    await writeLines(terminal, '>', [`${method} ${url}`, ...toLines(headers), ...form]);
    return {
      async response({ status, statusText, tookMs, headers: shown, body }) {
        const first = `${`${status} ${statusText}`.trimEnd()} after ${formatDuration(tookMs)}`;
        await writeLines(terminal, '<', [first, ...toLines(shown), ...body]);
      },
      async failure(tookMs, code) {
        await writeLines(terminal, '<', [`no answer after ${formatDuration(tookMs)}${code === '' ? '' : `: ${code}`}`]);
      },
    };
  };
}

const toLines = (headers: readonly (readonly [string, string])[]): readonly string[] =>
  headers.map(([name, value]) => `${name}: ${value}`);

async function writeLines(
  { stderr }: Pick<Terminal, 'stderr'>,
  direction: '>' | '<',
  lines: readonly string[],
): Promise<void> {
  for (const line of lines) await stderr.write(`${color(stderr, 'dim', `auth${direction} ${printable(line)}`)}\n`);
}
