import { formatHttpError } from '@bearings/client';
import { untilAborted } from '@bearings/client/layer';
import { failed, skipped } from './check.ts';
import type { Check, Finding, CheckResult, CheckGroup } from './check.ts';

/**
 * Runs checks one after the other. A check that depends on a failed one is skipped, and its result names the failed one.
 *
 * @throws the signal's reason after ctrl-C
 */
export async function* runChecks(groups: readonly CheckGroup[], interrupted: AbortSignal): AsyncGenerator<CheckResult> {
  const causes = new Map<Check, string>();
  const rows = groups.flatMap(({ title, checks }) => checks.map((check) => ({ subject: title, check })));
  for (const { subject, check } of rows) {
    const about = { subject, check: check.name };
    const cause = check.dependsOn.map((needed) => causes.get(needed)).find((name) => name !== undefined);
    if (cause === undefined) {
      const finding = await untilAborted(runCheck(check), interrupted);
      if (finding.verdict === 'failed') causes.set(check, check.name);
      yield { ...about, ...finding };
    } else {
      causes.set(check, cause);
      yield { ...about, ...skipped(`not checked: ${cause} failed`), blockedBy: cause };
    }
  }
}

async function runCheck({ name, run }: Check): Promise<Finding> {
  try {
    return await run();
  } catch (error) {
    return failed(formatHttpError(error, `${name} could not be checked`), 'Run again with --debug for details');
  }
}
