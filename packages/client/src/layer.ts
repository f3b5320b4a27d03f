import { ConfigError } from './errors.ts';
import type { Stage } from './stage.ts';

/**
 * The order of the stack, outermost first. It is written here and nowhere else.
 *
 * A layer names its slot, not its position: whatever the order in which layers are listed, `auth` is inside `retry`,
 * so each attempt reads the token anew, and outside `timeout`, so getting a token takes nothing from an attempt's time.
 */
export const slots = [
  'observe',
  'shed',
  'retry',
  'break',
  'auth',
  'timeout',
  'identify',
  'limit',
  'redirect',
  'guard',
  'transport',
] as const;

/** A place in the stack. */
export type Slot = (typeof slots)[number];

/** A stage, the slot it belongs to, and the name by which `client.stages` shows it. */
export interface Layer {
  readonly slot: Slot;
  readonly name: string;
  readonly stage: Stage;
}

/**
 * Makes a layer for {@link createClient}.
 *
 * Several layers in one slot keep the order in which they are listed. A layer in `transport` takes the place of `fetch`.
 *
 * @throws ConfigError when there is no such slot
 */
export function layer(slot: Slot, name: string, stage: Stage): Layer {
  checkSlot(slot);
  return Object.freeze({ slot, name, stage });
}

function checkSlot(slot: Slot): void {
  if (slots.includes(slot)) return;
  throw new ConfigError('slot', `There is no slot ${JSON.stringify(slot)}. From the outside in: ${slots.join(', ')}`);
}

/**
 * Puts layers into the order of the slots. Those of one slot keep their order.
 *
 * @throws ConfigError when there is no such slot, or two have one name: the same concern would act twice
 */
export function arrange(layers: readonly Layer[]): readonly Layer[] {
  for (const { slot } of layers) checkSlot(slot); // a layer made by hand would be left out without a word
  const arranged = slots.flatMap((slot) => layers.filter((each) => each.slot === slot));
  arranged.forEach(({ name, slot }, place) => {
    if (arranged.findIndex((each) => each.name === name) === place) return;
    throw new ConfigError(
      'layers',
      `Two layers are named "${name}" (slot ${slot}). A client takes each once; the order is ${slots.join(' → ')}`,
    );
  });
  return arranged;
}
