import type { DisplayOptions, ProgressDisplay } from './progress-display.ts';

/** For programs: each event is a line of JSON, with the connector and the time. */
export function createJsonDisplay({ name, write, clock }: DisplayOptions): ProgressDisplay {
  const writeEvent = (event: object): void =>
    write(`${JSON.stringify({ at: new Date(clock.now()).toISOString(), connector: name, ...event })}\n`);
  return { onEvent: writeEvent, close: writeEvent };
}
