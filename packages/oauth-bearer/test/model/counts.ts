/** How often something happened. */
export interface Counts {
  requests: number;
  /** Answers to requests that had been given up. */
  ghosts: number;
  /** Acquisitions, each of up to three requests. */
  flights: number;
  /** Acquisitions made once more, because they brought what had been rejected meanwhile. */
  redos: number;
  published: number;
  /** Tokens that had ended when they came. */
  late: number;
  rotations: number;
  failures: number;
  recoveries: number;
}

/** Nothing happened yet. */
export const noCounts: Readonly<Counts> = {
  requests: 0,
  ghosts: 0,
  flights: 0,
  redos: 0,
  published: 0,
  late: 0,
  rotations: 0,
  failures: 0,
  recoveries: 0,
};

/** Adds what happened to what happened before. */
export function addCounts(sum: Counts, counts: Counts): void {
  for (const name of Object.keys(counts) as (keyof Counts)[]) sum[name] += counts[name];
}
