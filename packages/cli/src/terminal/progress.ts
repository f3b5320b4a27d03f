import { systemClock } from '@bearings/client';
import { durationText } from '../output/durations.ts';
import type { Terminal } from './terminal.ts';

/** How much of a body has come, shown while it comes. */
export interface Progress {
  add(bytes: number): void;
  /** Leaves the line as it was. */
  end(): void;
}

/** A body below this is not worth a line, unless it takes long. */
const longBytes = 1024 * 1024;
const longMs = 1_000;
const frameMs = 100;

/**
 * Shows the progress of a long body on stderr, when a person looks at it.
 *
 * @param totalBytes - `undefined` when the server does not say
 */
export function progressOn({ stderr, clock = systemClock }: Terminal, totalBytes: number | undefined): Progress {
  if (!stderr.isTTY) return { add: nothing, end: nothing };
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
      void stderr.write(`\r${lineOf(bytes, totalBytes, now - startedAt)}\u001b[K`);
    },
    end() {
      if (isShown) void stderr.write('\r\u001b[K');
    },
  };
}

const nothing = (): void => {};

function lineOf(bytes: number, totalBytes: number | undefined, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (bytes / elapsedMs) * 1_000 : 0;
  const speed = rate > 0 ? `  ${sizeText(rate)}/s` : '';
  if (totalBytes === undefined || totalBytes < bytes) return `${sizeText(bytes)}${speed}`;
  const percent = Math.floor((bytes / totalBytes) * 100);
  const left = rate > 0 ? `  ${durationText(((totalBytes - bytes) / rate) * 1_000)} left` : '';
  return `${sizeText(bytes)} of ${sizeText(totalBytes)} (${percent} %)${speed}${left}`;
}

/** A number of bytes for a person: `512 bytes`, `1.5 MiB`. */
export function sizeText(bytes: number): string {
  const [unit, size] = [...units].findLast(([, each]) => bytes >= each) ?? ['bytes', 1];
  return `${size === 1 ? Math.round(bytes) : (bytes / size).toFixed(1)} ${unit}`;
}

const units: ReadonlyMap<string, number> = new Map([
  ['bytes', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
]);
