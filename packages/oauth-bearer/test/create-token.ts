import type { FakeIssuer } from '@bearings/testing';
import { Token } from '../src/token/token.ts';
import type { TokenConfig } from '../src/token/token-config.ts';
import type { TokenEvent } from '../src/token/token-events.ts';
import type { TokenHandle } from '../src/token/token-handle.ts';

/** A config that is right for an issuer of the kit, with jitter that is always 0; and with changes. */
export function configFor(issuer: FakeIssuer, changes: Partial<TokenConfig> = {}): TokenConfig {
  return { ...issuer.credentials, fetch: issuer.fetch, random: () => 0, ...changes };
}

/** A token of an issuer of the kit. */
export async function createToken(issuer: FakeIssuer, changes: Partial<TokenConfig> = {}): Promise<Token> {
  return (await Token.create(configFor(issuer, changes))).unwrap();
}

/** What a token tells from now on, as it comes. */
export function recordEvents(token: TokenHandle): readonly TokenEvent[] {
  const events: TokenEvent[] = [];
  token.subscribe((event) => events.push(event));
  return events;
}
