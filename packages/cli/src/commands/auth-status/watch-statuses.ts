import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import type { Terminal } from '../../terminal/terminal.ts';
import { printableJson } from '../../output/redaction.ts';
import { toJsonStatus } from './status-json.ts';
import { statusLine, statusTable } from './status-table.ts';
import type { CredentialStatus, WatchedCredential } from './watched-credential.ts';

/** How to show the statuses. */
export interface WatchOptions {
  readonly clock: Clock;
  /** Prints one line of JSON per change instead of the table. Default: false. */
  readonly json?: boolean | undefined;
}

const intervalMs = 1_000;

/**
 * Shows credentials until ctrl-C: on a terminal as a table that is redrawn every second, in a pipe as one line per
 * change.
 */
export async function watchStatuses(
  credentials: readonly WatchedCredential[],
  terminal: Terminal,
  { clock, json = false }: WatchOptions,
): Promise<void> {
  const { stdout, interrupted } = terminal;
  const show = stdout.isTTY && !json ? redrawTable(stdout, clock) : printChanges(stdout, { clock, json });
  while (!interrupted.aborted) {
    await show(credentials.map(({ status }) => status()));
    await pause(clock, interrupted);
    // acquires missing tokens; the token itself limits how often that sends a request
    for (const { acquire } of credentials) void ignoreFailure(acquire);
  }
}

type ShowStatuses = (statuses: readonly CredentialStatus[]) => Promise<void>;

function redrawTable(stdout: Terminal['stdout'], clock: Clock): ShowStatuses {
  let height = 0;
  return async (statuses) => {
    const lines = statusTable(statuses, { output: stdout, now: clock.now(), isWatched: true });
    const back = height === 0 ? '' : `\u001b[${height}A\u001b[0J`; // moves the cursor up to the start of the last table and clears it
    await stdout.write(`${back}${lines.map((line) => `${line}\n`).join('')}`);
    height = lines.length;
  };
}

function printChanges(stdout: Terminal['stdout'], { clock, json }: WatchOptions): ShowStatuses {
  const printed = new Map<CredentialStatus['credential'], string>();
  return async (statuses) => {
    for (const status of statuses) {
      const key = changeKey(status);
      if (printed.get(status.credential) === key) continue;
      printed.set(status.credential, key);
      const now = clock.now();
      const line = json
        ? printableJson({ at: new Date(now).toISOString(), ...toJsonStatus(status) })
        : statusLine(status, now);
      await stdout.write(`${line}\n`);
    }
  };
}

/** Two statuses with the same key are shown once. `stale` counts as `fresh`: the end of the renewal is shown. */
const changeKey = ({ state, generation, granted, error }: CredentialStatus): string =>
  JSON.stringify([state === 'stale' ? 'fresh' : state, generation, granted, error]);

/** Waits for a second, or until ctrl-C. */
async function pause(clock: Clock, interrupted: AbortSignal): Promise<void> {
  let cancel = (): void => {};
  const second = new Promise<void>((resolve) => {
    cancel = clock.schedule(intervalMs, resolve);
  });
  try {
    await untilAborted(second, interrupted);
  } catch {
    // the loop sees that it was interrupted
  } finally {
    cancel();
  }
}

async function ignoreFailure(acquire: () => Promise<void>): Promise<void> {
  try {
    await acquire();
  } catch {
    // the status shows the failure
  }
}
