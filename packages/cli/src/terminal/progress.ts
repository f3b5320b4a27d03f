import { systemClock } from '@bearings/client';
import { formatDuration } from '../output/format-duration.ts';
import type { Terminal } from './terminal.ts';

/** Shows how much of a body has arrived. */
export interface Progress {
  add(bytes: number): void;
  /** Clears the line. */
  end(): void;
}

/** No progress is shown for a smaller body, unless it takes longer than {@link longMs}. */
const longBytes = 1024 * 1024;
const longMs = 1_000;
const frameMs = 100;

/**
 * Shows the progress of a long body on stderr, if stderr is a terminal.
 *
 * @param totalBytes - `undefined` when the server does not announce it
 */
export function createProgress({ stderr, clock = systemClock }: Terminal, totalBytes: number | undefined): Progress {
  if (!stderr.isTTY) return { add: doNothing, end: doNothing };
  const startedAt = clock.monotonic();
  let [bytes, shownAt, isShown] = [0, -Infinity, false];
  return {
    add(more) {
      bytes += more;
      const now = clock.monotonic();
      const isLong = (totalBytes ?? bytes) >= longBytes || now - startedAt >= longMs;
      if (!isLong || now - shownAt < frameMs) return;
      shownAt = now;
      isShown = true;
      void stderr.write(`\r${progressLine(bytes, totalBytes, now - startedAt)}\u001b[K`);
    },
    end() {
      if (isShown) void stderr.write('\r\u001b[K');
    },
  };
}

const doNothing = (): void => {};

function progressLine(bytes: number, totalBytes: number | undefined, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (bytes / elapsedMs) * 1_000 : 0;
  const speed = rate > 0 ? `  ${formatSize(rate)}/s` : '';
  if (totalBytes === undefined || totalBytes < bytes) return `${formatSize(bytes)}${speed}`;
  const percent = Math.floor((bytes / totalBytes) * 100);
  const left = rate > 0 ? `  ${formatDuration(((totalBytes - bytes) / rate) * 1_000)} left` : '';
  return `${formatSize(bytes)} of ${formatSize(totalBytes)} (${percent} %)${speed}${left}`;
}

/** A number of bytes for people: `512 bytes`, `1.5 MiB`. */
export function formatSize(bytes: number): string {
  const [unit, size] = [...units].findLast(([, each]) => bytes >= each) ?? ['bytes', 1];
  return `${size === 1 ? Math.round(bytes) : (bytes / size).toFixed(1)} ${unit}`;
}

const units: ReadonlyMap<string, number> = new Map([
  ['bytes', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
]);
