/** How a check ended; `skipped` when it could not be made, or says nothing here. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check found. Holds no secret. */
export interface Finding {
  readonly verdict: Verdict;
  /** What is well, or what is the cause. */
  readonly says: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** One thing to look at. */
export interface Check {
  /** Its name in the report, which `--json` promises to keep. */
  readonly name: string;
  /** Checks that come before it and must not have failed, of other subjects too. */
  readonly needs: readonly Check[];
  readonly run: () => Promise<Finding>;
}

/** What is checked: a config, a credential, a client. */
export interface Subject {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** A finding, and whose it is. */
export interface Line extends Finding {
  readonly subject: string;
  readonly check: string;
  /** The check whose failure kept this one from being made. */
  readonly after?: string;
}

/** All is well. */
export const ok = (says: string): Finding => ({ verdict: 'ok', says });

/** It works, and yet somebody should look. */
export const warning = (says: string, remedy: string): Finding => ({ verdict: 'warning', says, remedy });

/** It does not work. */
export const failed = (says: string, remedy: string): Finding => ({ verdict: 'failed', says, remedy });

/** It was not looked at. */
export const skipped = (says: string): Finding => ({ verdict: 'skipped', says });
