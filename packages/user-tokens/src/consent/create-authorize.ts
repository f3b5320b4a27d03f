import type { Connection } from '../connection/connection.ts';
import { findConnection } from '../connection/find-connection.ts';
import { UserTokensConfigError } from '../errors.ts';
import type { FlowRecord, NewFlow } from '../store/flow-record.ts';
import type { GrantQuery } from '../store/grant-key.ts';
import type { GrantRecord } from '../store/grant-record.ts';
import type { Authorization, AuthorizeRequest, PendingAuthorization } from './authorization.ts';
import { checkReturnTo } from './check-return-to.ts';
import type { ConsentContext } from './consent-context.ts';
import { findConsentReason, findSealedReason } from './consent-reason.ts';
import type { ConsentReason } from './consent-reason.ts';
import { createFlowSecret, hashText, randomText } from './flow-secret.ts';
import { callbackUrl, connectUrl } from './handler-base.ts';
import { sealFlowSecret } from './seal-flow-secret.ts';

/**
 * Answers whether a user has granted what is asked for, and starts a flow when not.
 *
 * Callers that ask for the same at once share one flow; so do later ones, while half of its time is left.
 *
 * @throws UserTokensConfigError for a request that is wrong; nothing was written
 * @throws StoreError when the store does not work
 * @throws TokenError when the authorization server of a protected resource cannot be found
 */
export type Authorize = (request: AuthorizeRequest) => Promise<Authorization>;

/** What a flow is for. */
interface FlowPurpose extends Pick<
  NewFlow,
  'tenant' | 'user' | 'account' | 'scopes' | 'returnTo' | 'issuer' | 'redirectUri'
> {
  readonly connection: string;
  readonly reason: ConsentReason;
}

export function createAuthorize(context: ConsentContext): Authorize {
  const { store } = context;
  const starting = new Map<string, Promise<PendingAuthorization>>();

  /** One flow for all callers that ask for the same. */
  function startOnce(purpose: FlowPurpose, connection: Connection): Promise<PendingAuthorization> {
    const key = JSON.stringify(purpose);
    const known = starting.get(key);
    if (known !== undefined) return known;
    const started = start(purpose, connection, context).finally(() => starting.delete(key));
    starting.set(key, started);
    return started;
  }

  return async (request) => {
    const { user, tenant = '', account, returnTo = '/' } = request;
    const connection = findConnection(request.connection, context.connections);
    const { name, config } = connection;
    const query = { tenant, user, connection: name, account };
    checkQuery(query);
    checkReturnTo(returnTo);
    const asked = request.scopes ?? config.scopes;
    const grant = account === '' ? undefined : await store.find(query);
    const shownReason = account === '' ? 'other_account' : findConsentReason(grant, asked, connection);
    const reason = shownReason ?? (grant && (await findSealedReason(grant, connection, context.vault)));
    if (reason === undefined) return { status: 'authorized' };
    const purpose = {
      tenant,
      user,
      connection: name,
      account: account ?? expectedAccount(grant),
      scopes: joinScopes(connection, asked, grant),
      returnTo,
      issuer: await findIssuer(connection),
      redirectUri: callbackUrl(context.base, name),
      reason,
    };
    return startOnce(purpose, connection);
  };
}

const maxIdLength = 1_024;

/** Ids are stored as they are: text, without control characters, of a length that an index can hold. */
export function checkQuery({ tenant, user, account = '' }: GrantQuery): void {
  for (const [field, value] of Object.entries({ tenant, user, account })) {
    const isText = typeof value === 'string' && value.length <= maxIdLength && value.isWellFormed();
    if (!isText || /\p{Cc}/u.test(value)) {
      throw new UserTokensConfigError(field, `must be text of at most ${maxIdLength} characters, without control ones`);
    }
  }
  if (user === '') throw new UserTokensConfigError('user', 'must not be empty');
}

/** New consent for the grant that callers use must be for its account: a revoked one binds to nothing. */
const expectedAccount = (grant: GrantRecord | undefined): string =>
  grant === undefined || grant.status === 'revoked' ? '' : grant.account;

/** What is asked for, what the provider needs for a refresh token, and what was granted before. */
function joinScopes(
  { config }: Connection,
  asked: readonly string[],
  grant: GrantRecord | undefined,
): readonly string[] {
  const offline = config.offlineScope === undefined ? [] : [config.offlineScope];
  const granted = grant === undefined || grant.status === 'revoked' ? [] : grant.scopes;
  return [...new Set([...asked, ...offline, ...granted])];
}

/** @throws TokenError */
async function findIssuer(connection: Connection): Promise<string> {
  if (connection.issuer !== undefined) return connection.issuer;
  const server = await connection.server();
  if (server.isErr()) throw server.error;
  return server.value.issuer;
}

async function start(
  purpose: FlowPurpose,
  { dpopKeys }: Connection,
  context: ConsentContext,
): Promise<PendingAuthorization> {
  const { store, sealer, flowLifetimeMs, base, clock, report } = context;
  const { reason, ...flow } = purpose;
  const pending = await store.listPendingFlows(purpose);
  const known = pending.find((each) => isSame(each, purpose) && each.expiresInMs * 2 >= flowLifetimeMs);
  const toPending = (id: string, expiresInMs: number): PendingAuthorization => ({
    status: 'pending',
    id,
    url: connectUrl(base, id),
    connection: purpose.connection,
    scopes: purpose.scopes,
    reason,
    expiresAt: clock.now() + expiresInMs,
  });
  if (known !== undefined) return toPending(known.id, known.expiresInMs);
  const secret = createFlowSecret((await dpopKeys.create())?.binding);
  const identified = { ...flow, id: randomText(), stateHash: hashText(secret.state), kind: 'code' as const };
  const content = await sealFlowSecret(secret, identified, sealer);
  await store.insertFlow({ ...identified, ...content, lifetimeMs: flowLifetimeMs });
  const { tenant, user, connection, scopes } = purpose;
  report({ type: 'consent-requested', flowId: identified.id, tenant, user, connection, scopes, reason });
  return toPending(identified.id, flowLifetimeMs);
}

function isSame(flow: FlowRecord, purpose: FlowPurpose): boolean {
  const fields = ['account', 'issuer', 'redirectUri', 'returnTo'] as const;
  const scopes = new Set(flow.scopes);
  const hasSameScopes = scopes.size === purpose.scopes.length && purpose.scopes.every((scope) => scopes.has(scope));
  return flow.kind === 'code' && hasSameScopes && fields.every((name) => flow[name] === purpose[name]);
}
