import type { GrantKey } from './grant-key.ts';
import type { SealedContent } from './grant-record.ts';

/**
 * `pending`: the user has not come back. `exchanging`: the code is being exchanged; once only. The others are final. A
 * flow that is past its time reads as `expired`.
 */
export type FlowStatus = (typeof flowStatuses)[number];

export const flowStatuses = ['pending', 'exchanging', 'completed', 'denied', 'expired', 'failed'] as const;

/** With a redirect of the browser (RFC 6749 §4.1), or with a code on another device (RFC 8628). */
type FlowKind = (typeof flowKinds)[number];

export const flowKinds = ['code', 'device'] as const;

/** A consent that was asked for. `account` is the one that is expected, `''` for any. */
export interface NewFlow extends GrantKey, SealedContent {
  readonly id: string;
  /** SHA-256 of `state`, base64url: who reads the database cannot complete the flow. */
  readonly stateHash: string;
  readonly kind: FlowKind;
  readonly issuer: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Where the browser goes afterwards: a path of this origin. */
  readonly returnTo: string;
  /** Milliseconds until it expires. */
  readonly lifetimeMs: number;
}

/** A flow as a store returns it. */
export interface FlowRecord extends Omit<NewFlow, 'lifetimeMs' | 'sealed'> {
  /** `state`, verifier, nonce. `undefined` once the flow has ended. */
  readonly sealed: Uint8Array | undefined;
  /** The hash of the cookie of the browser that opened the link; `undefined` before that. */
  readonly bindingHash: string | undefined;
  readonly status: FlowStatus;
  /** Why it failed or was denied: a code, such as `access_denied`. */
  readonly reason: string | undefined;
  /** The grant that it led to. */
  readonly grantId: string | undefined;
  /** Milliseconds from the moment of reading, by the store's clock. */
  readonly expiresInMs: number;
}

/** How a flow ends. */
export interface FlowOutcome {
  readonly status: 'completed' | 'denied' | 'failed';
  readonly reason?: string | undefined;
  readonly grantId?: string | undefined;
}
