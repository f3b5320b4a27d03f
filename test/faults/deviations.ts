import type { Entry, Expectation } from './catalogue.ts';

/** A known difference between Bearings and an entry of the catalogue. */
export interface Deviation {
  readonly id: string;
  readonly level: Entry['level'];
  /** Replaces parts of the entry's expectation. The replay checks the result. */
  readonly instead: Partial<Expectation>;
  readonly does: string;
  readonly why: string;
}

const loopbackNeedsNoOption = {
  does: 'http on loopback is allowed without an option',
  why: 'nothing leaves the machine, and every test and every start on a laptop would need the option',
} as const;

/** All known deviations. When one no longer exists, its replay fails. */
export const deviations: readonly Deviation[] = [
  {
    id: 'TR-054',
    level: 'SHOULD',
    instead: { outcome: 'ok', holds: ['resource-auth="Bearer at_CANARY_1"'] },
    does: 'a token without token_type is taken as a bearer token',
    why: 'servers in the field leave it out and mean Bearer; any other type is still refused',
  },
  {
    id: 'TR-032',
    level: 'CHOICE',
    instead: {
      outcome: 'InvalidResponse',
      holds: ['token-requests<=1-per-call', 'no-refresh-loop', 'token-not-cached'],
    },
    does: 'a token that expires at once is refused, which the entry allows',
    why: 'used once each, such tokens would cost a token request per call; as a failure it is seen at the start',
  },
  ...(['DI-024', 'DI-025', 'DI-026'] as const).map((id) => ({
    id,
    level: 'MUST' as const,
    instead: { holds: ['option-not-needed'] },
    ...loopbackNeedsNoOption,
  })),
  {
    id: 'RT-030',
    level: 'SHOULD',
    instead: { holds: ['peak token requests in any second <= 5 % of instances, 25 % once their tokens have expired'] },
    does: 'an instance without a valid token tries again within 10 s, so that the return of the server is spread over 10 s',
    why: 'each of its calls fails until then; an instance whose token is valid keeps to the 5 %',
  },
  { id: 'DI-029', level: 'CHOICE', instead: { holds: ['option-not-needed'] }, ...loopbackNeedsNoOption },
];
