import type { BearingsError } from '@bearings/client/errors';
import type { FlowRecord } from '../store/flow-record.ts';
import type { GrantKey } from '../store/grant-key.ts';

/** Whose flow, for which connection. */
export interface FlowFacts extends Omit<GrantKey, 'account'> {
  readonly flowId: string;
}

/**
 * What happened to a consent. `consent-refused`: a request was not from the user or the browser that the link is for, so
 * nothing changed; many of them may be an attack. No event contains a secret.
 */
export type ConsentEvent =
  | (FlowFacts & { readonly type: 'consent-requested'; readonly scopes: readonly string[]; readonly reason: string })
  | (FlowFacts & { readonly type: 'consent-completed'; readonly grantId: string; readonly account: string })
  | (FlowFacts & { readonly type: 'consent-denied'; readonly reason: string })
  | (FlowFacts & {
      readonly type: 'consent-failed';
      readonly reason: string;
      readonly error?: BearingsError | undefined;
    })
  | (FlowFacts & { readonly type: 'consent-refused'; readonly reason: 'signed_out' | 'other_user' | 'other_browser' });

/** Whose flow, for an event. */
export function flowFacts({ id, tenant, user, connection }: FlowRecord): FlowFacts {
  return { flowId: id, tenant, user, connection };
}
