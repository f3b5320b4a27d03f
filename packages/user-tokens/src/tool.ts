import { createClient, isBearingsError } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenError, TokenHandle } from '@bearings/oauth-bearer';
import type { Result } from 'ts-results';
import type { Authorization, AuthorizeRequest, PendingAuthorization } from './consent/authorization.ts';
import { UserTokensConfigError } from './errors.ts';
import type { UserTokensError } from './errors.ts';
import type { UserPurpose } from './user-purpose.ts';
import type { Identity } from './user-tokens-options.ts';

/** What a tool needs of its connection. */
export interface ToolOptions extends Pick<AuthorizeRequest, 'account' | 'scopes' | 'returnTo'> {
  /** The API that the token is for; the token goes to no other origin. */
  readonly baseUrl: string;
  /** Further options of the tool's client. */
  readonly client?: Omit<ClientOptions, 'baseUrl'>;
}

/** What a tool's function gets besides its arguments. */
export interface ToolContext extends Required<Pick<Identity, 'user'>> {
  readonly tenant: string;
  /** A client with the user's token. */
  readonly client: Client;
  readonly token: TokenHandle;
}

/** What a tool answers while the user has to consent: for the agent to show. Calling the tool again afterwards works. */
export interface PendingTool {
  readonly pending: true;
  readonly message: string;
  /** Our own link, which contains no secret and works in the user's browser only. */
  readonly auth_url: string;
  /** For `users.wait`. */
  readonly authorization_id: string;
}

/** A function for an agent. */
export type Tool<A, R> = (args: A) => Promise<R | PendingTool>;

/** What a tool does. */
export type ToolFunction<A, R> = (args: A, context: ToolContext) => R | Promise<R>;

/** What a tool uses of `UserTokens`. */
interface ToolUsers {
  for(purpose: UserPurpose): TokenHandle;
  current(connection: string, purpose: Pick<UserPurpose, 'account' | 'scopes'>): TokenHandle;
  authorize(request: AuthorizeRequest): Promise<Result<Authorization, UserTokensError | TokenError>>;
}

/** What a tool is made of. */
interface ToolDefinition<A, R> {
  readonly connection: string;
  readonly options: ToolOptions;
  readonly fn: ToolFunction<A, R>;
}

/**
 * A tool that acts for the user that `users.run` was called with. It answers that consent is pending when the user has
 * none, or has granted less than it needs; calls that need the same share one link.
 */
export function createTool<A, R>(
  users: ToolUsers,
  findIdentity: () => Identity | undefined,
  { connection, options, fn }: ToolDefinition<A, R>,
): Tool<A, R> {
  const { baseUrl, client: clientOptions, account, scopes, returnTo } = options;
  const purpose = { account, scopes };
  const client = createClient({ ...clientOptions, baseUrl }, withBearerAuth(users.current(connection, purpose)));

  async function act(args: A, identity: Identity): Promise<R> {
    const { user, tenant = '' } = identity;
    const token = users.for({ ...purpose, user, tenant, connection });
    const held = await token.get();
    if (held.isErr()) throw held.error;
    return fn(args, { client, token, user, tenant });
  }

  return async (args) => {
    const identity = findIdentity();
    if (identity === undefined) {
      throw new UserTokensConfigError('user', 'is not set. Call the tool inside users.run({ user }, …)');
    }
    try {
      return await act(args, identity);
    } catch (cause) {
      if (!isBearingsError(cause, 'REAUTHORIZATION_REQUIRED')) throw cause;
      const authorization = (await users.authorize({ ...identity, ...purpose, connection, returnTo })).unwrap();
      return authorization.status === 'pending' ? toPending(authorization) : act(args, identity);
    }
  };
}

function toPending({ connection, url, id }: PendingAuthorization): PendingTool {
  const message = `The user has to allow access to ${connection}. Show the link auth_url to the user, and call the tool again afterwards.`;
  return { pending: true, message, auth_url: url, authorization_id: id };
}
