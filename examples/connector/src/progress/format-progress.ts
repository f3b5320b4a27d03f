import type { ListProgress } from './list-progress.ts';

/** From so many empty pages in a row on they are shown. */
const shownEmptyPages = 3;

/** A list in words: `1200 of 4000 records (30 %), 12 pages, 410/s, 1:05`. */
export function formatList(list: ListProgress, now: number): string {
  const { records, pages, expected, empty } = list;
  const share = expected === undefined || expected === 0 ? '' : ` (${Math.floor(share100(list))} %)`;
  const elapsedMs = (list.isDone ? list.changedAt : now) - list.startedAt;
  return [
    `${records}${expected === undefined ? '' : ` of ${expected}`} records${share}`,
    `${pages} ${pages === 1 ? 'page' : 'pages'}`,
    ...(empty >= shownEmptyPages ? [`${empty} empty pages in a row`] : []),
    ...(elapsedMs > 0 ? [`${formatRate((records * 1_000) / elapsedMs)}/s`] : []),
    formatDuration(elapsedMs),
    ...formatTimeLeft(list, elapsedMs),
  ].join(', ');
}

/** A bar of this width; `undefined` when the API does not say how many records there are. */
export function formatBar(list: ListProgress, width: number): string | undefined {
  if (list.expected === undefined || list.expected === 0) return undefined;
  const full = Math.min(width, Math.floor((share100(list) / 100) * width));
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** `0:07`, `12:30`, `3:02:01`. */
function formatDuration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = String(rest).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}

/** A wait that the API asked for. */
export const formatWait = ({ status, waitMs }: { readonly status: number; readonly waitMs: number }): string =>
  `the API answered ${status} and asks to wait: ${formatDuration(waitMs)}`;

const share100 = ({ records, expected = 0 }: ListProgress): number => Math.min(100, (records / expected) * 100);

const formatRate = (rate: number): string => (rate < 10 ? rate.toFixed(1) : String(Math.round(rate)));

function formatTimeLeft({ records, expected, isDone }: ListProgress, elapsedMs: number): readonly string[] {
  if (isDone || expected === undefined || records === 0 || expected <= records || elapsedMs <= 0) return [];
  return [`${formatDuration(((expected - records) * elapsedMs) / records)} left`];
}
