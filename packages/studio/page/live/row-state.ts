import type { TokenRow } from '../../src/status/status-snapshot.ts';
import type { Tone } from '../parts/text.tsx';

/** How a token is, by the time of the service. */
export interface RowState {
  readonly word: string;
  readonly tone: Tone;
  /** One sentence for the panel. */
  readonly long: string;
  /** Milliseconds until calls have no token; 0 when they have none, `Infinity` for one that does not expire. */
  readonly leftMs: number;
  /** True when calls have no token, or soon will not have one. */
  readonly isWrong: boolean;
}

/** The state of a row. Time passes between two events: what was fresh may be stale or expired by now. */
export function rowState(row: TokenRow, now: number): RowState {
  const { state, isStatic, expiresAt, renewsAt, failure } = row;
  if (state === 'none') return bad('none', 'none: there was never a token');
  if (state === 'rejected') return bad('rejected', 'rejected: the API does not accept it');
  if (state === 'closed') return { word: 'closed', tone: 'off', long: 'closed', leftMs: 0, isWrong: false };
  if (isStatic)
    return { word: 'static', tone: 'off', long: 'static: it does not expire', leftMs: Infinity, isWrong: false };
  const leftMs = Math.max(0, (expiresAt ?? 0) - now);
  if (state === 'expired' || leftMs === 0) return bad('expired', 'expired: calls have no token');
  const isWrong = failure !== null;
  const isDue = state === 'stale' || (renewsAt !== null && renewsAt <= now);
  if (isDue && isWrong)
    return { word: 'stale', tone: 'warn', long: 'stale: due for renewal, still good', leftMs, isWrong };
  if (isDue) return { word: 'renewing', tone: 'ok', long: 'being renewed, still good', leftMs, isWrong };
  return { word: 'fresh', tone: 'ok', long: 'fresh', leftMs, isWrong };
}

const bad = (word: string, long: string): RowState => ({ word, tone: 'bad', long, leftMs: 0, isWrong: true });

/** A duration in one or two units: `4 min 12 s`, `23 h 12 min`. */
export function formatLeft(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ${pad(Math.floor((seconds % 3_600) / 60))} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`;
}

/** A whole lifetime, without what is zero: `30 min`, `1 h`. */
export const formatLifetime = (ms: number): string => formatLeft(ms).replace(/ 0+ (?:s|min|h)$/, '');

/** A short wait: `0:18`. */
export function formatWait(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
