import { formatList, formatWait } from './format-progress.ts';
import { addEvent, noProgress } from './list-progress.ts';
import type { DisplayOptions, ProgressDisplay } from './progress-display.ts';

/** How often a line is written where there is no terminal. */
const lineIntervalMs = 15_000;
/** From a wait of this length on there is a line for it. */
const shownWaitMs = 5_000;

/** For logs and pipes: a line now and then, and one for each long wait. A short run has none. */
export function createLineDisplay(
  { name, write, clock }: DisplayOptions,
  { isQuiet }: { readonly isQuiet: boolean },
): ProgressDisplay {
  let progress = noProgress;
  let shownAt = clock.monotonic();
  return {
    onEvent(event) {
      const now = clock.monotonic();
      progress = addEvent(progress, event, now);
      if (event.type === 'warning') write(`! ${name}: ${event.message}\n`);
      if (isQuiet) return;
      if (event.type === 'throttled' && event.waitMs >= shownWaitMs) write(`… ${name}: ${formatWait(event)}\n`);
      const list = progress.lists.find((each) => event.type === 'page' && each.name === event.resource);
      if (list === undefined || now - shownAt < lineIntervalMs) return;
      shownAt = now;
      write(`… ${name}: ${list.name}: ${formatList(list, now)}\n`);
    },
    close() {},
  };
}
