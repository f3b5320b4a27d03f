import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { createSource } from '../sources/grant-source.ts';
import type { TokenSource } from '../sources/token-source.ts';
import { shareToken } from '../store/share-token.ts';
import { TokenConfigError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { elapsedMs, instantNow } from './instant.ts';
import { readTokenConfig } from './token-config.ts';
import type { TokenConfig } from './token-config.ts';
import { TokenEngine } from './token-engine.ts';
import { readTokenOptions } from './token-options.ts';
import type { EngineSettings, TokenOptions, TokenOptionSettings } from './token-options.ts';
import type { TokenResult } from './token-state.ts';

/**
 * An access token that stays valid: renewed in the background before it expires, rotated when a resource rejects it, one
 * request to the server for any number of callers.
 *
 * Close it when it is not needed any more.
 */
export class Token extends TokenEngine {
  private constructor(source: TokenSource, settings: EngineSettings) {
    super(source, settings);
  }

  /**
   * A token by the client credentials grant (RFC 6749 §4.4), or by the `grant` of the config.
   *
   * Checks the config, finds the token endpoint, acquires the first token, and then answers; with `start: 'lazy'` the
   * last two wait for the first use.
   */
  static async create(config: TokenConfig): Promise<Result<Token, TokenError>> {
    const read = readTokenConfig(config);
    if (read.isErr()) return read;
    const source = shareToken(createSource(read.value), read.value);
    return start(new Token(source, { ...read.value, hasTimer: true }), read.value);
  }

  /** A token of any source, kept in the same way. Acquires the first one before it answers, unless `start: 'lazy'`. */
  static async from(source: TokenSource, options: TokenOptions = {}): Promise<Result<Token, TokenError>> {
    const read = readTokenOptions(options);
    if (read.isErr()) return read;
    if (!isSource(source)) return Err(new TokenConfigError('source', 'must be an object with a function acquire'));
    return start(new Token(source, { ...read.value, hasTimer: true }), read.value);
  }

  /** A token without a timer: acquired at the first use, renewed in the background of a later one. */
  static onDemand(config: TokenConfig): Result<Token, TokenConfigError> {
    return readTokenConfig(config).map((settings) => {
      const source = shareToken(createSource(settings, { keepsClient: false }), settings);
      return new Token(source, { ...settings, hasTimer: false });
    });
  }
}

function isSource(source: unknown): source is TokenSource {
  return typeof source === 'object' && source !== null && 'acquire' in source && typeof source.acquire === 'function';
}

async function start(token: Token, settings: TokenOptionSettings): Promise<Result<Token, TokenError>> {
  if (settings.isLazy) return Ok(token);
  const first = await acquireFirst(token, settings);
  if (first.isOk()) return Ok(token);
  await token.close();
  return first;
}

/** The first token; after transient failures it is tried again for `startWaitMs`. */
async function acquireFirst(token: Token, { clock, startWaitMs }: TokenOptionSettings): Promise<TokenResult> {
  const startedAt = instantNow(clock);
  for (;;) {
    const first = await token.get();
    if (first.isOk() || first.error.kind !== 'transient') return first;
    const pauseMs = (token.status().failure?.retryAt ?? Infinity) - clock.now();
    if (elapsedMs(startedAt, clock) + pauseMs > startWaitMs) return first;
    await new Promise<void>((resolve) => clock.schedule(pauseMs, resolve));
  }
}
