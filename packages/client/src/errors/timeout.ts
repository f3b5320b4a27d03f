import { notReplayedNote } from './not-replayable.ts';
import { ClientFailure } from './client-failure.ts';

/** What a call is doing. `start`: none of the others yet. */
export type CallPhase = 'start' | 'hook' | 'queue' | 'token' | 'attempt' | 'backoff' | 'body' | 'parse';

/** The response headers did not arrive within the time limit of one attempt. */
export class AttemptTimeoutError extends ClientFailure {
  override readonly name = 'AttemptTimeoutError';
  readonly code = 'ATTEMPT_TIMEOUT';
  override readonly retryable: boolean;
  readonly origin: string;
  readonly budgetMs: number;

  /** @param canReplay - false when the body was a stream, so that the same request cannot be sent again */
  constructor(origin: string, budgetMs: number, canReplay = true) {
    super(`No answer from ${origin} within ${budgetMs} ms${canReplay ? '' : notReplayedNote}`);
    this.origin = origin;
    this.budgetMs = budgetMs;
    this.retryable = canReplay;
  }
}

/** No chunk of the response body arrived within the time limit for a pause. */
export class BodyTimeoutError extends ClientFailure {
  override readonly name = 'BodyTimeoutError';
  readonly code = 'BODY_TIMEOUT';
  readonly origin: string;
  readonly budgetMs: number;

  constructor(origin: string, budgetMs: number) {
    super(`No data of the response body from ${origin} arrived for ${budgetMs} ms`);
    this.origin = origin;
    this.budgetMs = budgetMs;
  }
}

const phaseTexts: Readonly<Record<CallPhase, string>> = {
  start: 'before anything was sent',
  hook: 'running a hook',
  queue: 'waiting in the queue',
  token: 'waiting for a token',
  attempt: 'waiting for the response',
  backoff: 'waiting for the next attempt',
  body: 'reading the body',
  parse: 'parsing the body',
};

/** What is known about a call that exceeded its deadline. */
export interface DeadlineFacts {
  readonly origin: string;
  readonly budgetMs: number;
  readonly attempts: number;
  readonly phase: CallPhase;
  readonly cause: unknown;
}

/** The whole call (attempts, waits, token and body) took longer than `totalTimeout`. The last failure is the cause. */
export class DeadlineExceededError extends ClientFailure {
  override readonly name = 'DeadlineExceededError';
  readonly code = 'DEADLINE_EXCEEDED';
  readonly origin: string;
  readonly budgetMs: number;
  /** The number of attempts that had started. */
  readonly attempts: number;
  /** What the call was doing at the deadline. */
  readonly phase: CallPhase;

  constructor({ origin, budgetMs, attempts, phase, cause }: DeadlineFacts) {
    const attemptsText = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    super(
      `The call to ${origin} did not complete within ${budgetMs} ms (${attemptsText}; ${phaseTexts[phase]})`,
      cause === undefined ? undefined : { cause },
    );
    this.origin = origin;
    this.budgetMs = budgetMs;
    this.attempts = attempts;
    this.phase = phase;
  }
}
