import { ConfigError } from '../errors/index.ts';
import type { Stage } from './stage.ts';

/**
 * The order of the stack, outermost first. It is written here and nowhere else.
 *
 * A layer names its slot, not its position: whatever the order in which layers are listed, `auth` is inside `retry`,
 * so each attempt reads the token anew, and outside `timeout`, so getting a token takes nothing from an attempt's time.
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

/** What a setting of a layer may be, for {@link explain} to show. Never a secret. */
export type Setting = string | number | boolean | readonly (string | number)[];

/** The name by which `client.stages` shows a layer, and what `explain(client)` says of it. */
export interface LayerLabel {
  readonly name: string;
  /** Shown in the order given. A number whose name ends in `Ms` or `Bytes` is shown with its unit. */
  readonly settings?: Readonly<Record<string, Setting>>;
  /**
   * Says that the stage looks at a request (its address, method, headers, body) and passes it on, but gives it to no
   * function of the platform such as `fetch` or `new Request`. When all layers say so, `client.fetch` makes requests
   * that cost next to nothing. Default: false.
   */
  readonly takesLight?: boolean;
  /**
   * Says that the stage is known to answer with a Response. Others are looked at in each call, so that an error can
   * name the layer that does not; that takes 0.2 µs. Default: false.
   */
  readonly alwaysAnswers?: boolean;
}

/** A stage, the slot it belongs to, and what it is called. */
export interface Layer extends LayerLabel {
  readonly slot: Slot;
  readonly stage: Stage;
}

/**
 * Makes a layer for {@link createClient}.
 *
 * Several layers in one slot keep the order in which they are listed. A layer in `transport` takes the place of `fetch`.
 *
 * @param label - a name, unique within a client, or a name and the settings to show
 * @throws ConfigError when there is no such slot, or the stage is no function
 */
export function layer(slot: Slot, label: string | LayerLabel, stage: Stage): Layer {
  const { name, settings = {}, ...says } = typeof label === 'string' ? { name: label } : label;
  const { takesLight = false, alwaysAnswers = false } = says;
  const made = Object.freeze({
    slot,
    name,
    settings: Object.freeze({ ...settings }),
    takesLight,
    alwaysAnswers,
    stage,
  });
  checkLayer(made);
  return made;
}

/**
 * Checks a layer, which may be made by hand, and in JavaScript: one in no slot would be left out without a word.
 *
 * @throws ConfigError
 */
export function checkLayer({ slot, name, stage }: Layer): void {
  if (!slots.includes(slot)) {
    throw new ConfigError('slot', `There is no slot ${JSON.stringify(slot)}. From the outside in: ${slots.join(', ')}`);
  }
  if (typeof stage === 'function') return;
  throw new ConfigError('stage', `The stage of the layer "${name}" (slot ${slot}) is no function but ${typeof stage}`);
}
