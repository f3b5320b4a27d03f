import { formatHttpError } from '@bearings/client';
import { untilAborted } from '@bearings/client/layer';
import { failed, skipped } from './check.ts';
import type { Check, Finding, Line, Subject } from './check.ts';

/**
 * Runs checks one after the other. What needs a check that failed is not run, and says so.
 *
 * @throws the signal's reason when the user has had enough
 */
export async function* runChecks(subjects: readonly Subject[], interrupted: AbortSignal): AsyncGenerator<Line> {
  const causes = new Map<Check, string>();
  const rows = subjects.flatMap(({ title, checks }) => checks.map((check) => ({ subject: title, check })));
  for (const { subject, check } of rows) {
    const about = { subject, check: check.name };
    const cause = check.needs.map((needed) => causes.get(needed)).find((name) => name !== undefined);
    if (cause === undefined) {
      const finding = await untilAborted(found(check), interrupted);
      if (finding.verdict === 'failed') causes.set(check, check.name);
      yield { ...about, ...finding };
    } else {
      causes.set(check, cause);
      yield { ...about, ...skipped(`not checked: ${cause} failed`), after: cause };
    }
  }
}

async function found({ name, run }: Check): Promise<Finding> {
  try {
    return await run();
  } catch (error) {
    return failed(formatHttpError(error, `${name} could not be checked`), 'Look at what --debug shows');
  }
}
