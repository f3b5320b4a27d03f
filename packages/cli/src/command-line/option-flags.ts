import type { OptionSpec } from './command-spec.ts';

/** The parts of the flags of an option. */
export interface OptionFlags {
  /** Such as `-X`. */
  readonly short: string | undefined;
  /** Such as `--method`. */
  readonly long: string;
  /** Such as `method`; `undefined` for an option without a value. */
  readonly value: string | undefined;
}

/** Takes the flags of an option apart. */
export function parseFlags({ flags }: Pick<OptionSpec, 'flags'>): OptionFlags {
  const words = flags.split(/[ ,]+/);
  return {
    short: words.find((word) => /^-[^-]/.test(word)),
    long: words.find((word) => word.startsWith('--')) ?? '',
    value: words.find((word) => word.startsWith('<'))?.slice(1, -1),
  };
}
