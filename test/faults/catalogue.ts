import { readFileSync } from 'node:fs';

/** The outcome that an entry requires. */
export interface Expectation {
  readonly outcome: string;
  readonly retryable?: boolean;
  readonly holds: readonly string[];
  readonly note?: string;
}

/** A literal response of a server, in the catalogue's format. */
export interface LiteralResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** Exact bytes. */
  readonly bodyBase64?: string;
  readonly bodyRepeat?: {
    readonly prefix: string;
    readonly unit: string;
    readonly times: number;
    readonly suffix: string;
  };
  /** A fault on the connection. */
  readonly wire?: { readonly kind: string } & Readonly<Record<string, unknown>>;
}

/** One entry of the catalogue. */
export interface Entry {
  readonly id: string;
  readonly area: string;
  readonly phase: 'now' | 'later';
  readonly level: 'MUST' | 'SHOULD' | 'CHOICE';
  readonly given: string;
  readonly when: string;
  readonly expect: Expectation;
  readonly response?: LiteralResponse;
  readonly input?: unknown;
  readonly request?: unknown;
  readonly source?: string;
}

interface Catalogue {
  readonly fixtures: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
}

/** The fault catalogue: faults, and the outcome that each must have. */
export const catalogue: Catalogue = JSON.parse(readFileSync(new URL('catalogue.json', import.meta.url), 'utf8'));

const byId = new Map(catalogue.entries.map((entry) => [entry.id, entry]));

/** @throws when the catalogue has no such entry */
export function findEntry(id: string): Entry {
  const entry = byId.get(id);
  if (entry === undefined) throw new Error(`The catalogue has no entry ${id}`);
  return entry;
}
