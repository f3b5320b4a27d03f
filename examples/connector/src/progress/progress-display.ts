import type { Clock } from '@bearings/client';
import type { RunEvent } from '../run-event.ts';

/** How a run ended. */
export type EndEvent =
  | { readonly type: 'finished'; readonly records: number; readonly pages: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly details: readonly string[] };

/** Shows a run. */
export interface ProgressDisplay {
  readonly onEvent: (event: RunEvent) => void;
  /** Shows the last state, and ends the display. */
  readonly close: (end: EndEvent) => void;
}

/** Where a display is shown. */
export interface DisplayOptions {
  /** The connector's name. */
  readonly name: string;
  readonly write: (text: string) => void;
  readonly clock: Clock;
}
