/** A request to an authorization server and its response, without secrets. */
export interface Exchange {
  readonly method: string;
  /** Without the values of the query. */
  readonly url: string;
  readonly status: number | undefined;
  readonly tookMs: number;
  readonly request: readonly (readonly [name: string, value: string])[];
  readonly form: readonly (readonly [name: string, value: string])[];
  readonly response: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What a test reports while it runs. */
export type CheckEvent =
  | {
      readonly type: 'check';
      /** What the check belongs to, such as `Client orders: https://orders.internal`. */
      readonly subject: string;
      readonly check: string;
      readonly verdict: 'ok' | 'warning' | 'failed' | 'skipped';
      readonly message: string;
      readonly remedy?: string | undefined;
      readonly tookMs?: number | undefined;
    }
  | ({ readonly type: 'exchange' } & Exchange);
