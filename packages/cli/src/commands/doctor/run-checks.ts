import { formatHttpError, systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { untilAborted } from '@bearings/client/layer';
import { TimeLimitError, withTimeout } from '../../time/with-timeout.ts';
import { failed, skipped } from './check.ts';
import type { Check, Finding, CheckResult, CheckGroup } from './check.ts';

/** What ends the checks, and the clock that measures them: those of a terminal. */
interface RunContext {
  readonly interrupted: AbortSignal;
  readonly clock?: Clock | undefined;
}

/** Longer than any check takes with its own limits, in milliseconds. */
const checkLimitMs = 60_000;

/**
 * Runs checks one after the other. A check that depends on a failed one is skipped, and its result names the failed one.
 *
 * @throws the signal's reason after ctrl-C
 */
export async function* runChecks(
  groups: readonly CheckGroup[],
  { interrupted, clock = systemClock }: RunContext,
): AsyncGenerator<CheckResult> {
  const causes = new Map<Check, string>();
  const rows = groups.flatMap(({ title, checks }) => checks.map((check) => ({ subject: title, check })));
  for (const { subject, check } of rows) {
    const about = { subject, check: check.name };
    const cause = check.dependsOn.map((needed) => causes.get(needed)).find((name) => name !== undefined);
    if (cause === undefined) {
      const startedMs = clock.monotonic();
      const finding = await untilAborted(runCheck(check, clock), interrupted);
      if (finding.verdict === 'failed') causes.set(check, check.name);
      yield { ...about, ...finding, durationMs: clock.monotonic() - startedMs };
    } else {
      causes.set(check, cause);
      yield { ...about, ...skipped(`not checked: ${cause} failed`), durationMs: 0, blockedBy: cause };
    }
  }
}

async function runCheck({ name, run }: Check, clock: Clock): Promise<Finding> {
  try {
    return await withTimeout(checkLimitMs, clock, run);
  } catch (error) {
    if (error instanceof TimeLimitError)
      return failed(
        `${name} has no result within ${checkLimitMs / 1_000} s`,
        'Look at what it reads: a file that is a pipe, a file system that hangs, or a server that answers without end',
      );
    return failed(formatHttpError(error, `${name} could not be checked`), 'Run again with --debug for details');
  }
}
