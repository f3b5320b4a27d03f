/** How often something happened. */
export interface Counts {
  requests: number;
  /** Responses to abandoned requests. */
  ghosts: number;
  /** Acquisitions, each of up to three requests. */
  flights: number;
  /** Acquisitions repeated because they brought a token that was rejected meanwhile. */
  redos: number;
  published: number;
  /** Tokens that had expired when they arrived. */
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

/** Adds the counts of one history to the sum. */
export function addCounts(sum: Counts, counts: Counts): void {
  for (const name of Object.keys(counts) as (keyof Counts)[]) sum[name] += counts[name];
}
