import type { Layer, Setting } from './core/layer.ts';

/** The property with a client's layers, for {@link explain}: the same in all copies of the package. */
export const layersKey: unique symbol = Symbol.for('bearings.stack');

/** What {@link explain} needs of a client. */
export interface Explainable {
  readonly [layersKey]: readonly Layer[];
}

/**
 * Describes a client's stages as text: a line for each, outermost first, with its slot, its name and its settings.
 *
 * It is for people, in a log at start or in a terminal, and its form may change. It holds no secret.
 */
export function explain(client: Explainable): string {
  const stack = client[layersKey];
  const slotWidth = maxLength(stack.map(({ slot }) => slot));
  const nameWidth = maxLength(stack.map(({ name }) => name));
  return stack
    .map(({ slot, name, settings = {} }) => {
      const shown = Object.entries(settings).map(([field, value]) => formatSetting(field, value));
      return `▼ ${slot.padEnd(slotWidth)}  ${name.padEnd(nameWidth)}  ${shown.join(' · ')}`.trimEnd();
    })
    .join('\n');
}

const maxLength = (words: readonly string[]): number => Math.max(...words.map(({ length }) => length));

function formatSetting(field: string, value: Setting): string {
  const unit = /(?:Ms|Bytes)$/.exec(field)?.[0];
  const name = unit === undefined ? field : field.slice(0, -unit.length);
  if (value === Infinity) return `${name} no limit`;
  if (typeof value === 'number' && unit === 'Ms') return `${name} ${formatDuration(value)}`;
  if (typeof value === 'number' && unit === 'Bytes') return `${name} ${formatSize(value)}`;
  if (typeof value !== 'object') return `${name} ${value}`;
  return `${name} ${value.length === 0 ? 'none' : value.join(', ')}`;
}

const formatDuration = (ms: number): string => (ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`);

function formatSize(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${round(bytes / 1024 / 1024)} MiB`;
  return bytes >= 1024 ? `${round(bytes / 1024)} KiB` : `${bytes} bytes`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
