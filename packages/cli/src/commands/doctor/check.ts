/** The result of a check; `skipped` when it could not run or does not apply. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check found. Holds no secret. */
export interface Finding {
  readonly verdict: Verdict;
  /** What works, or the cause of the failure. */
  readonly message: string;
  /** What to do about it; a hint when the verdict is `ok`. */
  readonly remedy?: string;
}

/** One thing to check. */
export interface Check {
  /** Its name in the report; `--json` keeps it stable. */
  readonly name: string;
  /** Checks that run before this one, also of other groups. When one of them failed, this one is skipped. */
  readonly dependsOn: readonly Check[];
  readonly run: () => Promise<Finding>;
}

/** The checks of one subject: the config, a credential or a client. */
export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** A finding with the check and the subject that it belongs to. */
export interface CheckResult extends Finding {
  readonly subject: string;
  readonly check: string;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** The name of the failed check because of which this one was skipped. */
  readonly blockedBy?: string;
}

/** The check passed. */
export const ok = (message: string): Finding => ({ verdict: 'ok', message });

/** It works, but a person should look at it. */
export const warning = (message: string, remedy: string): Finding => ({ verdict: 'warning', message, remedy });

/** It does not work. */
export const failed = (message: string, remedy: string): Finding => ({ verdict: 'failed', message, remedy });

/** It was not checked. */
export const skipped = (message: string): Finding => ({ verdict: 'skipped', message });
