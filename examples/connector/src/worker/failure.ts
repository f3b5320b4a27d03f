import type { RunError } from '../run-error.ts';
import type { Failure, HeldRun } from './held-run.ts';

/** Describes why a run failed, and what to do. Message and details of a `RunError` hold no secret. */
export function toFailure(error: RunError, connector: string): Failure {
  const { code, message, details } = error;
  const facts = details.map((line) => (line.startsWith('kept: ') ? line.replace(/;.*/, '') : line)); // not about `run`
  const again = `connector enqueue ${connector}${error.continuation === 'fails' ? ', which begins a new run' : ' --resume'}`;
  return { code, reason: message, details: facts, remedy: `${remedies[code]}, then: ${again}` };
}

const remedies: Readonly<Record<RunError['code'], string>> = {
  EXTRACTION: 'Correct what the reason names',
  DATABASE: 'Look at the database and its log',
  CONFIG: "Correct the connector's document or the worker's environment, start the workers again",
  ABORTED: 'Nothing failed',
  SCHEMA: 'Compare the records with their schema',
  STATE: 'Read the details',
};

/** The failure of a run whose workers died without adding a page, as happens when one page needs too much memory. */
export function diedTooOften({ connector, idleAttempts }: HeldRun): Failure {
  return {
    code: 'WORKER_DIED',
    reason: `${idleAttempts} attempts in a row ended without a new page and without a reason`,
    details: ['The workers were killed, or were without contact to the database for too long'],
    remedy: `Look for the end of the workers in the log of their machine (memory?), then: connector enqueue ${connector} --resume`,
  };
}

/** True when another attempt may succeed without anybody's help. */
export const mayRetry = ({ code, continuation }: RunError): boolean =>
  (code === 'EXTRACTION' || code === 'DATABASE') && continuation !== 'fails';
