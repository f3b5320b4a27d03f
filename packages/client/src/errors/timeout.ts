import { notReplayedNote } from './not-replayable.ts';
import { ClientFailure } from './client-failure.ts';

/** What a call is doing. `start`: none of the others yet. */
export type CallPhase = 'start' | 'hook' | 'queue' | 'token' | 'attempt' | 'backoff' | 'body' | 'parse';

/** No response head arrived within the budget of one attempt. */
export class AttemptTimeoutError extends ClientFailure {
  override readonly name = 'AttemptTimeoutError';
  readonly code = 'ATTEMPT_TIMEOUT';
  override readonly retryable: boolean;
  readonly origin: string;
  readonly budgetMs: number;

  constructor(origin: string, budgetMs: number, isBodyGone = false) {
    super(`No answer from ${origin} within ${budgetMs} ms${isBodyGone ? notReplayedNote : ''}`);
    this.origin = origin;
    this.budgetMs = budgetMs;
    this.retryable = !isBodyGone;
  }
}

/** The response body stood still for too long while it was being read. */
export class BodyTimeoutError extends ClientFailure {
  override readonly name = 'BodyTimeoutError';
  readonly code = 'BODY_TIMEOUT';
  readonly origin: string;
  readonly budgetMs: number;

  constructor(origin: string, budgetMs: number) {
    super(`The response body from ${origin} stood still for ${budgetMs} ms`);
    this.origin = origin;
    this.budgetMs = budgetMs;
  }
}

const doing: Readonly<Record<CallPhase, string>> = {
  start: 'before anything was sent',
  hook: 'running a hook',
  queue: 'waiting for its turn',
  token: 'waiting for a token',
  attempt: 'waiting for an answer',
  backoff: 'waiting for the next attempt',
  body: 'reading the body',
  parse: 'parsing the body',
};

/** What is known of a call whose time was up. */
export interface DeadlineFacts {
  readonly origin: string;
  readonly budgetMs: number;
  readonly attempts: number;
  readonly phase: CallPhase;
  readonly cause: unknown;
}

/** The whole call (attempts, waits, token and body) took longer than its total budget. The last failure is the cause. */
export class DeadlineExceededError extends ClientFailure {
  override readonly name = 'DeadlineExceededError';
  readonly code = 'DEADLINE_EXCEEDED';
  readonly origin: string;
  readonly budgetMs: number;
  /** How many attempts had begun. */
  readonly attempts: number;
  /** What the call was doing when its time was up. */
  readonly phase: CallPhase;

  constructor({ origin, budgetMs, attempts, phase, cause }: DeadlineFacts) {
    const counted = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    super(
      `The call to ${origin} was not done within ${budgetMs} ms (${counted}; ${doing[phase]})`,
      cause === undefined ? undefined : { cause },
    );
    this.origin = origin;
    this.budgetMs = budgetMs;
    this.attempts = attempts;
    this.phase = phase;
  }
}
