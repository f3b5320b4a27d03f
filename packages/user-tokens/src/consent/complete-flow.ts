import type { BearingsError } from '@bearings/client/errors';
import type { IssuedToken } from '@bearings/oauth-bearer';
import type { BoundDpopKey, TokenServer } from '@bearings/oauth-bearer/source';
import { isBearingsError } from '@bearings/client';
import type { FlowRecord } from '../store/flow-record.ts';
import type { GrantRecord } from '../store/grant-record.ts';
import type { CheckedCallback } from './checked-callback.ts';
import type { ConsentContext } from './consent-context.ts';
import { findAccount } from './find-account.ts';
import { FlowFailure } from './flow-failure.ts';
import type { FlowReason } from './flow-failure.ts';
import type { FlowSecret } from './flow-secret.ts';
import { readAuthorizationError } from './authorization-error.ts';
import { openFlowSecret } from './seal-flow-secret.ts';
import { untilStored } from './until-stored.ts';

/** How a flow ended. */
export type Completion =
  | { readonly status: 'completed'; readonly grant: GrantRecord }
  | {
      readonly status: 'denied' | 'failed';
      readonly reason: FlowReason;
      readonly quotation?: string | undefined;
      readonly error?: BearingsError | undefined;
    };

/** Exchanges the code of a flow that has been consumed, and stores what it brings. Never rejects. */
export async function completeFlow(
  flow: FlowRecord,
  callback: CheckedCallback,
  context: ConsentContext,
): Promise<Completion> {
  try {
    return { status: 'completed', grant: await exchange(flow, callback, context) };
  } catch (cause) {
    const failure = cause instanceof FlowFailure ? cause : new FlowFailure('not_stored', { cause });
    const { reason, quotation, cause: error } = failure;
    return { status: reason === 'access_denied' ? 'denied' : 'failed', reason, quotation, error };
  }
}

/** @throws FlowFailure */
async function exchange(flow: FlowRecord, callback: CheckedCallback, context: ConsentContext): Promise<GrantRecord> {
  const { connection, query, server } = callback;
  const { clock, store, vault } = context;
  const secret = await openSecret(flow, context);
  checkIssuer(query.iss, flow, server);
  if (query.error !== undefined) throw readAuthorizationError(query, secret);
  const requestedAt = clock.monotonic();
  const bound = await findKey(secret, callback);
  const issued = await requestToken(flow, callback, { ...secret, bound });
  const account = await findAccount(issued, { connection, server, flow, nonce: secret.nonce, nowMs: clock.now() });
  if (flow.account !== '' && account !== flow.account) throw new FlowFailure('other_account');
  const isForgotten = (await untilStored(() => store.getFlow(flow.id), clock)) === undefined;
  if (isForgotten) throw new FlowFailure('user_forgotten');
  const { tenant, user, issuer } = flow;
  const { clientId, extras: keepExtras } = connection.config;
  const consent = { tenant, user, connection: connection.name, account, issuer, clientId, issued, keepExtras };
  const keys = { binding: bound?.binding, isPublic: connection.isPublic };
  return untilStored(() => vault.save({ ...consent, ...keys, ageMs: clock.monotonic() - requestedAt }), clock);
}

async function openSecret(flow: FlowRecord, { sealer }: ConsentContext): Promise<FlowSecret> {
  try {
    return await openFlowSecret(flow, sealer);
  } catch (cause) {
    throw new FlowFailure(isBearingsError(cause, 'STORE') ? 'undecryptable' : 'not_stored', { cause });
  }
}

/**
 * Checks which server answered (RFC 9207 §2.4). A server whose issuer is not known is distinguished by its redirect
 * URI alone.
 */
function checkIssuer(iss: string | undefined, flow: FlowRecord, { issuer, metadata }: TokenServer): void {
  if (issuer !== flow.issuer) throw new FlowFailure('client_changed');
  if (metadata === undefined) return;
  if (iss !== undefined && iss !== issuer) throw new FlowFailure('issuer_mismatch');
  const isAdvertised = metadata['authorization_response_iss_parameter_supported'] === true;
  if (iss === undefined && isAdvertised) throw new FlowFailure('issuer_missing');
}

/**
 * The key of the flow: the code is bound to it. A new one for a flow that was started before the connection had `dpop`.
 *
 * @throws FlowFailure
 */
async function findKey({ binding }: FlowSecret, { connection }: CheckedCallback): Promise<BoundDpopKey | undefined> {
  if (binding === undefined) return connection.dpopKeys.create();
  const bound = connection.dpopKeys.open(binding);
  if (bound === undefined) throw new FlowFailure('client_changed');
  return bound;
}

/** Sends the code once (RFC 6749 §4.1.3): a second use revokes the tokens of the first (§4.1.2). */
async function requestToken(
  flow: FlowRecord,
  { connection, query }: CheckedCallback,
  { verifier, bound }: Pick<FlowSecret, 'verifier'> & { readonly bound: BoundDpopKey | undefined },
): Promise<IssuedToken> {
  const issued = await connection.request({
    params: [
      ['grant_type', 'authorization_code'],
      ['code', query.code ?? ''],
      ['redirect_uri', flow.redirectUri],
      ['code_verifier', verifier],
    ],
    retry: 'never',
    dpopKey: bound?.key,
    scopes: flow.scopes,
    signal: new AbortController().signal,
    isProbe: false,
  });
  if (issued.isOk()) return issued.value;
  const { error } = issued;
  const isRefused = error.code !== 'TOKEN_UNAVAILABLE' && !(error.code === 'TOKEN_HTTP' && error.status >= 500);
  throw new FlowFailure(isRefused ? 'code_refused' : 'code_interrupted', { cause: error });
}
