import { UsageError } from '../../usage-error.ts';

/**
 * The ports of `--port`. Default: any that is free.
 *
 * @throws UsageError
 */
export function readPorts(given: readonly string[] = ['0']): readonly number[] {
  return given.map((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
    if (port <= 65_535) return port;
    throw new UsageError('--port needs a number from 0 to 65535; 0 is any port that is free');
  });
}
