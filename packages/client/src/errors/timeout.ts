import { notReplayedNote } from './not-replayable.ts';
import { RequestFailure } from './request-failure.ts';
import type { FailedRequest } from './request-failure.ts';

/** What a call is doing. `start`: none of the others yet. */
export type CallPhase = 'start' | 'hook' | 'queue' | 'token' | 'attempt' | 'backoff' | 'body' | 'parse';

/** The response headers did not arrive within the time limit of one attempt. */
export class AttemptTimeoutError extends RequestFailure {
  override readonly name = 'AttemptTimeoutError';
  readonly code = 'ATTEMPT_TIMEOUT';
  override readonly retryable: boolean;
  readonly budgetMs: number;

  /** @param canReplay - false when the body was a stream, so that the same request cannot be sent again */
  constructor(request: FailedRequest, budgetMs: number, canReplay = true) {
    super(request, `no answer within ${budgetMs} ms${canReplay ? '' : notReplayedNote}`);
    this.budgetMs = budgetMs;
    this.retryable = canReplay;
  }
}

/** No chunk of the response body arrived within the time limit for a pause. */
export class BodyTimeoutError extends RequestFailure {
  override readonly name = 'BodyTimeoutError';
  readonly code = 'BODY_TIMEOUT';
  readonly budgetMs: number;

  constructor(request: FailedRequest, budgetMs: number) {
    super(request, `no data of the response body arrived for ${budgetMs} ms`);
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
  readonly request: FailedRequest;
  readonly budgetMs: number;
  readonly attempts: number;
  readonly phase: CallPhase;
  readonly cause: unknown;
}

/** The whole call (attempts, waits, token and body) took longer than `totalTimeout`. The last failure is the cause. */
export class DeadlineExceededError extends RequestFailure {
  override readonly name = 'DeadlineExceededError';
  readonly code = 'DEADLINE_EXCEEDED';
  readonly budgetMs: number;
  /** The number of attempts that had started. */
  readonly attempts: number;
  /** What the call was doing at the deadline. */
  readonly phase: CallPhase;

  constructor({ request, budgetMs, attempts, phase, cause }: DeadlineFacts) {
    const attemptsText = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    super(
      request,
      `the call did not complete within ${budgetMs} ms (${attemptsText}; ${phaseTexts[phase]})`,
      cause === undefined ? undefined : { cause },
    );
    this.budgetMs = budgetMs;
    this.attempts = attempts;
    this.phase = phase;
  }
}
