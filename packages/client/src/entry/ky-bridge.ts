import type { Call } from '../core/call.ts';
import type { CallOptions } from '../core/call-options.ts';
import type { ClientRequest } from '../core/request.ts';

/** What is read of a call's options before ky sees them. */
export interface CapturedOptions {
  readonly options: CallOptions;
  /** The caller's signal. ky would leave a listener on it for as long as its Request lives. */
  readonly signal: AbortSignal | null | undefined;
  readonly body: RequestInit['body'];
  /** True when a hook or a progress callback may have replaced the request or its body since. */
  readonly mayBeModified: boolean;
}

/**
 * Carries a call's options past ky: ky passes options that it does not know to `fetch`'s second argument.
 *
 * ky's errors hold the bridge, so everything in it is private and is not printed with them.
 */
export class KyBridge {
  readonly #captured: CapturedOptions;
  #sent: { readonly call: Call; readonly request: ClientRequest } | undefined;

  constructor(captured: CapturedOptions) {
    this.#captured = captured;
  }

  get captured(): CapturedOptions {
    return this.#captured;
  }

  /** The call and its request, once there are any. */
  get sent(): { readonly call: Call; readonly request: ClientRequest } | undefined {
    return this.#sent;
  }

  setSent(call: Call, request: ClientRequest): void {
    this.#sent = { call, request };
  }
}
