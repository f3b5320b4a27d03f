import type { IssuedToken } from '@bearings/oauth-bearer';
import type { TokenServer } from '@bearings/oauth-bearer/source';
import type { Connection } from '../connection/connection.ts';
import { readPath } from './read-path.ts';
import type { FlowRecord } from '../store/flow-record.ts';
import { FlowFailure } from './flow-failure.ts';
import { validateIdToken } from './validate-id-token.ts';

/** What tells whose account a token is for. */
export interface AccountContext {
  readonly connection: Connection;
  readonly server: TokenServer;
  readonly flow: Pick<FlowRecord, 'scopes'>;
  /** `undefined` when none was sent. */
  readonly nonce: string | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * The account at the provider that the user has connected: where the provider says, else the `sub` of the ID token; `''`
 * when there is neither.
 *
 * An ID token that was asked for is validated either way: it proves that the answer belongs to this flow.
 *
 * @throws FlowFailure
 */
export async function findAccount(issued: IssuedToken, context: AccountContext): Promise<string> {
  const { config } = context.connection;
  const subject = await readSubject(issued, context);
  return config.account === undefined ? subject : await lookUp(issued, context.connection);
}

async function readSubject({ extras }: IssuedToken, context: AccountContext): Promise<string> {
  const { connection, server, flow, nonce, nowMs } = context;
  const { metadata } = server;
  if (metadata === undefined || !flow.scopes.includes('openid')) return '';
  const idToken = extras?.idToken;
  if (idToken === undefined) throw new FlowFailure('id_token_missing');
  const { jwks_uri: jwksUri } = metadata;
  const jwks = typeof jwksUri === 'string' ? await connection.getJson(jwksUri) : undefined;
  if (jwks === undefined || jwks.isErr()) throw new FlowFailure('id_token_invalid', { cause: jwks?.error });
  const { issuer } = server;
  const { clientId } = connection.config;
  return validateIdToken(idToken.expose(), { jwks: jwks.value, issuer, clientId, nonce, nowMs });
}

async function lookUp(issued: IssuedToken, connection: Connection): Promise<string> {
  const { url, member = '' } = connection.config.account ?? {};
  const read = url === undefined ? readExtras(issued) : await readProfile(url, issued, connection);
  const parts = [member].flat().map((path) => toId(read(path)));
  return parts.length === 1 ? parts.join('') : parts.map(encodeURIComponent).join('/');
}

type ReadMember = (path: string) => unknown;

/** The members of the token response. */
const readExtras =
  ({ extras }: IssuedToken): ReadMember =>
  (path) => {
    const [name = '', ...others] = path.split('.');
    return readPath(extras?.get(name), others);
  };

async function readProfile(url: string, issued: IssuedToken, connection: Connection): Promise<ReadMember> {
  const profile = await connection.getJson(url, issued);
  if (profile.isErr()) throw new FlowFailure('account_unknown', { cause: profile.error });
  return (path) => readPath(profile.value, path.split('.'));
}

const maxLength = 255;

function toId(member: unknown): string {
  const id = typeof member === 'number' ? String(member) : member;
  const isId = typeof id === 'string' && id !== '' && id.length <= maxLength && !/\p{Cc}/u.test(id);
  if (!isId) throw new FlowFailure('account_unknown');
  return id;
}
