import type { Layer } from '@bearings/client';

/** The undici transport; undefined when the package has none yet. */
export async function undiciLayer(): Promise<Layer | undefined> {
  const found: object = await import('@bearings/undici');
  if (!('withUndici' in found) || typeof found.withUndici !== 'function') return undefined;
  const made: unknown = found.withUndici();
  if (!isLayer(made)) throw new Error('withUndici() gave no layer');
  return made;
}

function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'slot' in value && 'stage' in value;
}
