import type { NewFlow } from '../store/flow-record.ts';
import type { GrantRecord } from '../store/grant-record.ts';

/** What the tokens of a grant are bound to. */
export type GrantBinding = Pick<
  GrantRecord,
  'id' | 'tenant' | 'user' | 'connection' | 'account' | 'issuer' | 'clientId' | 'version'
>;

/** The tokens of a grant open in the row of this user, connection, account, client and version only. */
export function grantContext(grant: GrantBinding): readonly string[] {
  const { id, tenant, user, connection, account, issuer, clientId, version } = grant;
  return ['grant', id, tenant, user, connection, account, issuer, clientId, String(version)];
}

/** What the secrets of a flow are bound to. */
export type FlowBinding = Pick<
  NewFlow,
  'id' | 'stateHash' | 'tenant' | 'user' | 'connection' | 'account' | 'issuer' | 'redirectUri'
>;

/** The secrets of a flow open in the row of this flow only. */
export function flowContext(flow: FlowBinding): readonly string[] {
  const { id, stateHash, tenant, user, connection, account, issuer, redirectUri } = flow;
  return ['flow', id, stateHash, tenant, user, connection, account, issuer, redirectUri];
}
