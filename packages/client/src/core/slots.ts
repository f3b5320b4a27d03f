/**
 * The order of the stack, outermost first. It is written here and nowhere else.
 *
 * A layer names its slot, not its position: however the layers are listed, `auth` is inside `retry`, so each attempt
 * reads the token anew, and outside `timeout`, so getting a token takes nothing from an attempt's time.
 */
export const slots = [
  'observe',
  'concurrency',
  'retry',
  'circuitBreaker',
  'auth',
  'timeout',
  'userAgent',
  'responseSize',
  'redirect',
  'destination',
  'network',
  'transport',
] as const;

/** A place in the stack. */
export type Slot = (typeof slots)[number];
