import { InvalidTokenResponseError } from '@bearings/oauth-bearer/source';
import type { TokenServer } from '@bearings/oauth-bearer/source';
import type { Connection } from '../../connection/connection.ts';
import { scopeParams } from '../../providers/scope-params.ts';
import type { GrantRecord } from '../../store/grant-record.ts';
import type { ConsentContext } from '../consent-context.ts';
import { findConnection } from '../../connection/find-connection.ts';
import { checkQuery } from '../create-authorize.ts';
import type { FlowResult } from '../create-wait.ts';
import { findAccount } from '../find-account.ts';
import { FlowFailure } from '../flow-failure.ts';
import { randomText } from '../flow-secret.ts';
import { untilStored } from '../until-stored.ts';
import type { DeviceAuthorization, DeviceRequest } from './device-authorization.ts';
import { readDeviceResponse } from './device-response.ts';
import { pollDeviceToken } from './poll-device-token.ts';
import type { DevicePoll, DeviceToken } from './poll-device-token.ts';

/**
 * Starts the device grant; `undefined` when the server has no endpoint for it.
 *
 * @throws UserTokensConfigError for a request that is wrong; nothing was sent
 * @throws TokenError when the server does not answer, not with a device code, or does not issue the DPoP tokens that are set
 */
export type AuthorizeDevice = (request: DeviceRequest) => Promise<DeviceAuthorization | undefined>;

/** One device grant. */
interface DeviceFlow extends Omit<DevicePoll, 'clock' | 'signal'> {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  readonly server: TokenServer;
}

export function createAuthorizeDevice(context: ConsentContext): AuthorizeDevice {
  const { clock, report } = context;
  return async ({ user, tenant = '', connection: name, scopes: given }) => {
    const connection = findConnection(name, context.connections);
    checkQuery({ tenant, user, connection: name });
    const { config } = connection;
    const server = (await connection.server({ isDpop: connection.dpopKeys.isOn })).unwrapOrElse(raise);
    const url = config.endpoints?.deviceAuthorization ?? server.metadata?.['device_authorization_endpoint'];
    if (typeof url !== 'string') return undefined;
    const scopes = given ?? config.scopes;
    const startedAt = clock.monotonic();
    const device = await requestDevice(url, connection, scopes);
    const endsAt = startedAt + device.lifetimeMs;
    const bound = await connection.dpopKeys.create();
    const flow = { id: randomText(), tenant, user, connection, server, scopes, device, endsAt, bound };
    report({ type: 'consent-requested', ...toFacts(flow), scopes, reason: 'device' });
    const { userCode, verificationUri, verificationUriComplete } = device;
    return {
      userCode,
      verificationUri,
      verificationUriComplete,
      expiresAt: clock.now() + device.lifetimeMs,
      wait: ({ signal = new AbortController().signal } = {}) => complete(flow, signal, context),
    };
  };
}

function raise(error: unknown): never {
  throw error;
}

async function requestDevice(url: string, connection: Connection, scopes: readonly string[]) {
  const { config, resources } = connection;
  const params: [string, string][] = [
    ['client_id', config.clientId],
    ...Object.entries(scopeParams(config, scopes)),
    ...resources.map((resource): [string, string] => ['resource', resource]),
  ];
  const response = (await connection.post({ url, params, signal: new AbortController().signal })).unwrapOrElse(raise);
  const device = readDeviceResponse(response.text, config.insecureHttp ?? false);
  if (device !== undefined) return device;
  throw new InvalidTokenResponseError(`${url.split('?')[0]} did not answer with a device code (RFC 8628 §3.2)`);
}

const toFacts = ({ id, tenant, user, connection }: DeviceFlow) => ({
  flowId: id,
  tenant,
  user,
  connection: connection.name,
});

async function complete(flow: DeviceFlow, signal: AbortSignal, context: ConsentContext): Promise<FlowResult> {
  const { clock, report } = context;
  const facts = toFacts(flow);
  try {
    const token = await pollDeviceToken({ ...flow, clock, signal });
    if (token === undefined) return { status: 'expired' };
    const { id: grantId, account } = await save(token, flow, context);
    report({ type: 'consent-completed', ...facts, grantId, account });
    return { status: 'completed' };
  } catch (cause) {
    signal.throwIfAborted();
    const { reason, cause: error } = cause instanceof FlowFailure ? cause : new FlowFailure('not_stored', { cause });
    if (reason === 'access_denied') report({ type: 'consent-denied', ...facts, reason });
    else report({ type: 'consent-failed', ...facts, reason, error });
    return { status: reason === 'access_denied' ? 'denied' : 'failed', reason };
  }
}

async function save(
  { issued, requestedAt }: NonNullable<DeviceToken>,
  flow: DeviceFlow,
  { clock, vault }: ConsentContext,
): Promise<GrantRecord> {
  const { connection, server, tenant, user, bound } = flow;
  const account = await findAccount(issued, { connection, server, flow, nonce: undefined, nowMs: clock.now() });
  const { clientId, extras: keepExtras } = connection.config;
  const consent = { tenant, user, connection: connection.name, account, issuer: server.issuer, clientId };
  const keys = { binding: bound?.binding, isPublic: connection.isPublic };
  return untilStored(
    () => vault.save({ ...consent, ...keys, issued, keepExtras, ageMs: clock.monotonic() - requestedAt }),
    clock,
  );
}
