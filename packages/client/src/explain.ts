import type { Layer, Setting } from './core/slots.ts';

/** Where a client keeps its layers for {@link explain}: shared by all copies of the package. */
export const stackOf: unique symbol = Symbol.for('bearings.stack');

/** A client, as far as it can be explained. */
export interface Explainable {
  readonly [stackOf]: readonly Layer[];
}

/**
 * The picture of a client's stack, as text: a line for each stage, outermost first, with its slot, its name and its
 * settings.
 *
 * For a person, in a log at start or in a terminal; the form may change. Holds no secret.
 */
export function explain(client: Explainable): string {
  const stack = client[stackOf];
  const slotWidth = widest(stack.map(({ slot }) => slot));
  const nameWidth = widest(stack.map(({ name }) => name));
  return stack
    .map(({ slot, name, settings = {} }) => {
      const said = Object.entries(settings).map(([field, value]) => saying(field, value));
      return `▼ ${slot.padEnd(slotWidth)}  ${name.padEnd(nameWidth)}  ${said.join(' · ')}`.trimEnd();
    })
    .join('\n');
}

const widest = (words: readonly string[]): number => Math.max(...words.map(({ length }) => length));

function saying(field: string, value: Setting): string {
  const unit = /(?:Ms|Bytes)$/.exec(field)?.[0];
  const name = unit === undefined ? field : field.slice(0, -unit.length);
  if (value === Infinity) return `${name} no limit`;
  if (typeof value === 'number' && unit === 'Ms') return `${name} ${duration(value)}`;
  if (typeof value === 'number' && unit === 'Bytes') return `${name} ${size(value)}`;
  if (typeof value !== 'object') return `${name} ${value}`;
  return `${name} ${value.length === 0 ? 'none' : value.join(', ')}`;
}

const duration = (ms: number): string => (ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`);

function size(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${round(bytes / 1024 / 1024)} MiB`;
  return bytes >= 1024 ? `${round(bytes / 1024)} KiB` : `${bytes} bytes`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
