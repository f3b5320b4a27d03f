import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import type { Terminal } from '../../terminal/terminal.ts';
import { printableJson } from '../../output/redaction.ts';
import { jsonStatus } from './status-json.ts';
import { statusLine, statusTable } from './status-table.ts';
import type { CredentialStatus, WatchedCredential } from './watched-credential.ts';

/** How it is shown. */
export interface WatchOptions {
  readonly clock: Clock;
  /** A line of JSON for each change, in place of the table. Default: false. */
  readonly json?: boolean | undefined;
}

const everyMs = 1_000;

/**
 * Shows credentials until the user has had enough: on a terminal a table that is drawn anew each second, in a pipe a
 * line for each change.
 */
export async function watchStatuses(
  credentials: readonly WatchedCredential[],
  terminal: Terminal,
  { clock, json = false }: WatchOptions,
): Promise<void> {
  const { stdout, interrupted } = terminal;
  const show = stdout.isTTY && !json ? redrawing(stdout, clock) : telling(stdout, { clock, json });
  while (!interrupted.aborted) {
    await show(credentials.map(({ status }) => status()));
    await pause(clock, interrupted);
    // asks for what is missing; how often that leads to a request is the token's affair
    for (const { acquire } of credentials) void quietly(acquire);
  }
}

type Show = (statuses: readonly CredentialStatus[]) => Promise<void>;

function redrawing(stdout: Terminal['stdout'], clock: Clock): Show {
  let height = 0;
  return async (statuses) => {
    const lines = statusTable(statuses, { output: stdout, now: clock.now(), isWatched: true });
    const back = height === 0 ? '' : `\u001b[${height}A\u001b[0J`; // up to where the last table began, and clear
    await stdout.write(`${back}${lines.map((line) => `${line}\n`).join('')}`);
    height = lines.length;
  };
}

function telling(stdout: Terminal['stdout'], { clock, json }: WatchOptions): Show {
  const told = new Map<CredentialStatus['credential'], string>();
  return async (statuses) => {
    for (const status of statuses) {
      const news = newsOf(status);
      if (told.get(status.credential) === news) continue;
      told.set(status.credential, news);
      const now = clock.now();
      const line = json
        ? printableJson({ at: new Date(now).toISOString(), ...jsonStatus(status) })
        : statusLine(status, now);
      await stdout.write(`${line}\n`);
    }
  };
}

/** What must differ for a change to be one. That a renewal is under way is none: it is told by its end. */
const newsOf = ({ state, generation, granted, error }: CredentialStatus): string =>
  JSON.stringify([state === 'stale' ? 'fresh' : state, generation, granted, error]);

/** A second, or until the user has had enough. */
async function pause(clock: Clock, interrupted: AbortSignal): Promise<void> {
  let cancel = (): void => {};
  const second = new Promise<void>((resolve) => {
    cancel = clock.schedule(everyMs, resolve);
  });
  try {
    await untilAborted(second, interrupted);
  } catch {
    // the loop ends by itself
  } finally {
    cancel();
  }
}

async function quietly(acquire: () => Promise<void>): Promise<void> {
  try {
    await acquire();
  } catch {
    // what is wrong with a token is in its status
  }
}
