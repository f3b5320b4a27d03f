import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { Err, Ok } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import type { Secret } from '../client-auth/client-secret.ts';
import { isTokenError, TokenClosedError, TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { elapsedMs, momentOf } from './instant.ts';
import type { Moment } from './instant.ts';
import { TokenListeners } from './token-events.ts';
import type { TokenListener } from './token-events.ts';
import type { GetOptions, TokenHandle, TokenState, TokenStatus } from './token-handle.ts';
import type { Answer } from './token-state.ts';

/** What a secret that does not end is handed out by. */
export interface AskedSecretParts {
  /** What is there from the start. */
  readonly first?: AccessToken;
  /** Who is asked for another; nobody, when it cannot change. */
  readonly ask?: () => Secret | Promise<Secret>;
  /** @throws TokenConfigError when it is no secret */
  readonly make: (given: Secret, generation: number) => AccessToken;
  readonly clock: Clock;
}

const nothingYet: Answer = Err(new TokenUnavailableError('The secret has not been asked for yet'));
const rejectedOnce: Answer = Err(new TokenUnavailableError('The secret was rejected and is being asked for again'));
const closed: Answer = Err(new TokenClosedError());

/** The most that one asking may take. */
const patienceMs = 30_000;
/** How soon after an asking that brought nothing new the next one may come: a storm of 401s is none of questions. */
const pauseMs = 1_000;

/** A secret as a token that does not end: asked for once, and once more when it was rejected. */
export class AskedSecret implements TokenHandle {
  readonly #parts: AskedSecretParts;
  readonly #listeners = new TokenListeners();
  readonly #end = new AbortController();
  #answer: Answer;
  #last: AccessToken | undefined;
  #flight: Promise<Answer> | undefined;
  #askedInVain: Moment | undefined;

  constructor(parts: AskedSecretParts) {
    this.#parts = parts;
    this.#last = parts.first;
    this.#answer = parts.first === undefined ? nothingYet : Ok(parts.first);
  }

  read(): Answer {
    return this.#answer;
  }

  async get({ signal }: GetOptions = {}): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#answer.isOk()) return this.#answer;
    const asked = this.#join();
    return signal === undefined ? asked : untilAborted(asked, signal);
  }

  async invalidate(rejected?: AccessToken): Promise<Answer> {
    const now = this.#answer;
    if (this.#parts.ask === undefined) return now;
    if (now.isErr()) return this.#join();
    const isLate = rejected !== undefined && !rejected.isSameAs(now.value);
    if (isLate || this.#isTooSoon()) return now;
    this.#answer = rejectedOnce;
    return this.#join();
  }

  status(): TokenStatus {
    const isUsable = this.#answer.isOk();
    return {
      state: this.#state(),
      generation: this.#last?.generation ?? 0,
      issuedAt: undefined,
      expiresAt: undefined,
      renewsAt: undefined,
      validForMs: isUsable ? Infinity : 0,
      scopes: [],
      failure: undefined,
    };
  }

  subscribe(listener: TokenListener): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#answer = closed;
    this.#end.abort();
    this.#listeners.tell({ type: 'closed', at: this.#parts.clock.now() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #state(): TokenState {
    if (this.#end.signal.aborted) return 'closed';
    if (this.#answer.isOk()) return 'fresh';
    return this.#last === undefined ? 'none' : 'rejected';
  }

  #isTooSoon(): boolean {
    return this.#askedInVain !== undefined && elapsedMs(this.#askedInVain, this.#parts.clock) < pauseMs;
  }

  /** The asking under way, or a new one, or what the last one came to while it is too early for a new one. */
  async #join(): Promise<Answer> {
    if (this.#end.signal.aborted || (this.#flight === undefined && this.#isTooSoon())) return this.#answer;
    this.#flight ??= this.#fly();
    return this.#flight;
  }

  async #fly(): Promise<Answer> {
    const { make, clock } = this.#parts;
    try {
      const given = await this.#ask();
      this.#end.signal.throwIfAborted();
      const last = this.#last;
      const access = make(given, (last?.generation ?? 0) + 1);
      const isNew = last === undefined || !access.isSameAs(last);
      this.#askedInVain = isNew ? undefined : momentOf(clock);
      this.#last = isNew ? access : last;
      this.#answer = Ok(this.#last);
    } catch (cause) {
      this.#askedInVain = momentOf(clock);
      this.#answer = this.#end.signal.aborted ? closed : this.#withoutAnother(cause);
    }
    this.#flight = undefined;
    return this.#answer;
  }

  /** What there was serves on: one resource has rejected it, and nobody has said that it is another's now. */
  #withoutAnother(cause: unknown): Answer {
    return this.#last === undefined ? Err(asTokenError(cause)) : Ok(this.#last);
  }

  /** @throws unknown whatever the function throws */
  async #ask(): Promise<Secret> {
    const { ask, clock } = this.#parts;
    const patience = new AbortController();
    const late = (): void => patience.abort(new TokenUnavailableError(`No secret within ${patienceMs} ms`));
    const cancel = clock.schedule(patienceMs, late, { background: true });
    try {
      const asked = (async () => ask?.() ?? '')();
      return await untilAborted(asked, AbortSignal.any([patience.signal, this.#end.signal]));
    } finally {
      cancel();
    }
  }
}

/** What a stranger throws may quote the secret or its store, so it is not kept. */
function asTokenError(cause: unknown): TokenError {
  if (isTokenError(cause)) return cause;
  if (cause instanceof BearingsError) return new TokenUnavailableError(cause.message, cause);
  return new TokenUnavailableError('The function that was to give the secret failed');
}
