import { createClient } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { Authorization } from '../consent/authorization.ts';
import { UserTokensConfigError } from '../errors.ts';
import type { Identity } from '../user-tokens-options.ts';

/** What a tool needs. */
export interface ToolOptions {
  /** What the user must have granted. Default: those of the connection. */
  readonly scopes?: readonly string[] | undefined;
  /** Default: the account that the user connected first. */
  readonly account?: string | undefined;
  /** Where the browser goes after consent: a path of your own origin. Default: `/`. */
  readonly returnTo?: string | undefined;
  /** What a pending answer says. Default: a sentence that names the connection. */
  readonly message?: string | undefined;
  /** The API that the token is for; the client sends the token to no other origin. */
  readonly baseUrl: string;
  /** Further options of the tool's client. */
  readonly client?: Omit<ClientOptions, 'baseUrl'> | undefined;
}

/** What a tool's function works with: for the user of this call, and for no other. */
export interface ToolContext {
  readonly user: string;
  readonly tenant: string;
  /** A client that sends the user's token to `baseUrl`. */
  readonly client: Client;
  readonly token: TokenHandle;
}

/** What a tool does. */
export type ToolFunction<A, R> = (args: A, context: ToolContext) => Promise<R> | R;

/** The answer of a tool in place of its result: the user has to open `auth_url`, our own link, first. */
export interface PendingTool {
  readonly pending: true;
  readonly message: string;
  readonly auth_url: string;
  /** For `users.wait`. */
  readonly authorization_id: string;
}

/**
 * A function that acts for a user: the one of `users.run`, or the one that is passed. When consent is missing, at the start
 * or when a call finds that it has ended, the answer is pending; called again after consent, it goes on.
 *
 * @throws UserTokensConfigError when there is no user
 */
export type Tool<A, R> = (args: A, identity?: Identity) => Promise<R | PendingTool>;

/** What a tool is made of. */
export interface ToolParts {
  readonly connection: string;
  readonly options: ToolOptions;
  /** The token of the current user. */
  readonly token: TokenHandle;
  readonly currentUser: () => Identity | undefined;
  readonly run: <T>(identity: Identity, fn: () => Promise<T>) => Promise<T>;
  /** Rejects with the reason when it does not work. */
  readonly authorize: (identity: Identity) => Promise<Authorization>;
  /** The user has consented elsewhere: what is known here is out of date. */
  readonly forget: (identity: Identity) => void;
}

/** Makes a tool of a function. */
export function createTool<A, R>(parts: ToolParts, fn: ToolFunction<A, R>): Tool<A, R> {
  const { options, token } = parts;
  const client = createClient({ ...options.client, baseUrl: options.baseUrl }, withBearerAuth(token));
  return async (args, identity = parts.currentUser()) => {
    if (identity === undefined) throw noUser();
    return parts.run(identity, async () => {
      const pending = await askIfNeeded(identity, parts);
      if (pending !== undefined) return pending;
      try {
        const { user, tenant = '' } = identity;
        return await fn(args, { user, tenant, client, token });
      } catch (cause) {
        const needed = await askIfNeeded(identity, parts);
        if (needed === undefined) throw cause;
        return needed;
      }
    });
  };
}

const noUser = (): UserTokensConfigError =>
  new UserTokensConfigError('user', 'is not set. Call the tool inside users.run({ user }, …), or pass { user } to it');

/** The pending answer when the user has to consent; `undefined` when there is a token. */
async function askIfNeeded(identity: Identity, parts: ToolParts): Promise<PendingTool | undefined> {
  const { token, connection, options } = parts;
  const got = await token.get();
  if (got.isOk()) return undefined;
  if (got.error.code !== 'REAUTHORIZATION_REQUIRED') throw got.error;
  const authorization = await parts.authorize(identity);
  if (authorization.status === 'authorized') {
    parts.forget(identity);
    return undefined;
  }
  const { url, id } = authorization;
  const advice = 'Show the link auth_url to the user, and call the tool again afterwards.';
  const { message = `The user has to allow access to ${connection}. ${advice}` } = options;
  return { pending: true, message, auth_url: url, authorization_id: id };
}
