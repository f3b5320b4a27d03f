import { formatBar, formatList, formatWait } from './format-progress.ts';
import { addEvent, noProgress } from './list-progress.ts';
import type { ListProgress, RunProgress } from './list-progress.ts';
import type { DisplayOptions, ProgressDisplay } from './progress-display.ts';

/** How often a terminal is drawn, at most. */
const frameMs = 100;
/** How often it is drawn when nothing happens, for the time and the waits. */
const idleMs = 1_000;

/** The size of a terminal. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** For a terminal: a line for each resource, with a bar where the API says how many records there are. */
export function createTerminalDisplay(
  { name, write, clock }: DisplayOptions,
  size: () => TerminalSize,
): ProgressDisplay {
  let progress = noProgress;
  let drawnLines = 0;
  let drawnAt = -Infinity;
  let cancel = (): void => {};
  const clear = (): string => (drawnLines === 0 ? '' : `\u001b[${drawnLines}A\u001b[J`);
  const draw = (above = ''): void => {
    const lines = formatFrame(progress, clock.monotonic(), size());
    write(`${clear()}${above}${lines.map((line) => `${line}\n`).join('')}`);
    drawnLines = lines.length;
    drawnAt = clock.monotonic();
    schedule(idleMs);
  };
  const schedule = (delayMs: number): void => {
    cancel();
    cancel = clock.schedule(delayMs, () => draw(), { background: true });
  };
  return {
    onEvent(event) {
      progress = addEvent(progress, event, clock.monotonic());
      if (event.type === 'warning') return draw(`! ${name}: ${event.message}\n`);
      const sinceMs = clock.monotonic() - drawnAt;
      if (sinceMs >= frameMs) draw();
      else schedule(frameMs - sinceMs);
    },
    close() {
      draw();
      cancel();
    },
  };
}

/** The lines of a frame. When there are more resources than rows, those that changed last are shown. */
function formatFrame({ lists, waiting }: RunProgress, now: number, { columns, rows }: TerminalSize): readonly string[] {
  const shown = Math.max(1, rows - 3);
  const recent = lists.toSorted((a, b) => b.changedAt - a.changedAt).slice(0, shown);
  const visible = lists.filter((list) => recent.includes(list));
  const width = Math.max(0, ...visible.map(({ name }) => name.length));
  const lines = visible.map((list) => formatRow(list, { width, now }));
  const hidden = lists.length - visible.length;
  const leftMs = waiting === undefined ? 0 : waiting.until - now;
  return [
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ...lines,
    ...(waiting !== undefined && leftMs > 0 ? [`  ${formatWait({ status: waiting.status, waitMs: leftMs })}`] : []),
  ].map((line) => line.slice(0, Math.max(1, columns - 1)));
}

function formatRow(list: ListProgress, { width, now }: { readonly width: number; readonly now: number }): string {
  const bar = list.isDone ? undefined : formatBar(list, 20);
  return [list.isDone ? '✓' : '▶', list.name.padEnd(width), bar, formatList(list, now)].filter(Boolean).join(' ');
}
