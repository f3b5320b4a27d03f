import { isFields } from '../documents/value.ts';
import type { ConnectorsRow, StatusChange } from '../status/status-snapshot.ts';

type Shape = (value: unknown) => boolean;

const text: Shape = (value) => typeof value === 'string';
const flag: Shape = (value) => typeof value === 'boolean';
const number: Shape = (value) => typeof value === 'number';
/** An instant that a date can show. */
const instant: Shape = (value) => typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);
const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const group =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    isFields(value) && Object.entries(shapes).every(([name, shape]) => shape(value[name]));

const token = group({
  name: text,
  clients: list(text),
  from: text,
  clientId: text,
  state: text,
  isStatic: flag,
  isShared: flag,
  generation: number,
  issuedAt: orNull(instant),
  expiresAt: orNull(instant),
  renewsAt: orNull(instant),
  renewedAt: orNull(instant),
  scopes: list(text),
  renewals: number,
  rotations: number,
  failure: orNull(group({ message: text, remedy: text, count: number, at: instant, retryAt: orNull(instant) })),
  events: list(group({ at: instant, kind: text, text, detail: text })),
});

const client = group({
  name: text,
  calls: number,
  inFlight: number,
  retries: number,
  queue: optional(group({ waiting: number, limit: number })),
  circuits: optional(list(group({ origin: text, state: text, retryAt: optional(instant), refused: number }))),
});

const run = group({
  id: text,
  connector: text,
  state: text,
  attempts: number,
  records: number,
  pages: number,
  startedAt: orNull(text),
  durationMs: orNull(number),
  nextAttemptAt: orNull(text),
  worker: orNull(text),
  failure: orNull(group({ reason: text, remedy: text })),
});

const connectors = group({
  connectors: list(group({ name: text, cron: orNull(text), timezone: orNull(text), nextAt: orNull(text) })),
  runs: list(run),
  workers: list(group({ name: text, isLive: flag })),
} satisfies Record<keyof NonNullable<ConnectorsRow['status']>, Shape>);

const status = group({
  at: instant,
  tokens: list(token),
  clients: list(client),
  users: orNull(group({ refreshes: number, failures: number, ended: number })),
  connectors: optional(orNull(group({ status: orNull(connectors), failure: orNull(text) }))),
} satisfies Record<keyof StatusChange, Shape>);

/** True for what `statusHandler` sends, with all that the page reads. Anything may answer at the URL. */
export const isStatus = (value: unknown): value is StatusChange => status(value);
