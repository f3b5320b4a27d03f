import { AsyncLocalStorage } from 'node:async_hooks';
import { isBearingsError } from '@bearings/client';
import type { TokenError, TokenHandle } from '@bearings/oauth-bearer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { checkId } from './check-identity.ts';
import type { Connection } from './connection/connection.ts';
import { findConnection } from './connection/find-connection.ts';
import { Engine } from './engine.ts';
import type { UserTokensError } from './errors.ts';
import type { Authorization, AuthorizeRequest } from './consent/authorization.ts';
import type { FlowResult, WaitOptions } from './consent/create-wait.ts';
import type { DeviceAuthorization, DeviceRequest } from './consent/device/device-authorization.ts';
import type { Handler } from './consent/create-handler.ts';
import { CurrentHandle } from './handle/current-handle.ts';
import { checkKeysInUse } from './manage/check-keys-in-use.ts';
import { forgetUser } from './manage/forget-user.ts';
import type { Forgotten } from './manage/forget-user.ts';
import { summarize } from './manage/grant-summary.ts';
import type { GrantSummary } from './manage/grant-summary.ts';
import { keepGrantsAlive } from './manage/keep-grants-alive.ts';
import type { KeepAliveOptions, KeepAliveReport } from './manage/keep-grants-alive.ts';
import { rekeyGrants } from './manage/rekey-grants.ts';
import type { RekeyOptions, RekeyReport } from './manage/rekey-grants.ts';
import { revokeGrant } from './manage/revoke-grant.ts';
import type { Revocation } from './manage/revoke-grant.ts';
import { openKeyRing } from './sealing/open-key-ring.ts';
import type { GrantFilter } from './store/grant-store.ts';
import { toStoreError } from './store/sql/to-store-error.ts';
import { createTool } from './tool/create-tool.ts';
import type { Tool, ToolFunction, ToolOptions } from './tool/create-tool.ts';
import { checkToolOptions } from './tool/check-tool-options.ts';
import type { UserTokensListener } from './user-tokens-event.ts';
import type { UserPurpose } from './user-purpose.ts';
import type { Identity, UserTokensOptions } from './user-tokens-options.ts';
import { readSettings } from './user-tokens-settings.ts';

/** Which grants to list: at most 100 in a page. */
export type ListOptions = Pick<GrantFilter, 'user' | 'tenant' | 'connection' | 'status' | 'after'> & {
  readonly limit?: number;
};

/** How long `close` waits for pairs that the store has not taken, in milliseconds. */
const closeWithinMs = 5_000;

/** The tokens of users: stored sealed, refreshed once by any number of processes, a handle for each user. */
export class UserTokens {
  readonly #engine: Engine;
  readonly #current = new AsyncLocalStorage<Identity>();
  #isClosed = false;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Checks the options, prepares the store, and refuses to start without a key that stored grants need. */
  static async create(options: UserTokensOptions): Promise<Result<UserTokens, UserTokensError>> {
    try {
      const settings = readSettings(options);
      const ring = await openKeyRing(options.keys);
      if (ring.isErr()) return ring;
      const engine = new Engine(settings, ring.value);
      await engine.store.open();
      await checkKeysInUse(engine.store, engine.sealer);
      return Ok(new UserTokens(engine));
    } catch (cause) {
      return Err(isOwnError(cause) ? cause : toStoreError('The store', cause));
    }
  }

  /**
   * The token of a user, for `withBearerAuth`. Does no I/O: the grant is read at the first use. Ask each time; the same
   * purpose has the same handle.
   *
   * @throws UserTokensConfigError for a connection that does not exist, and for ids that cannot be stored
   */
  for(purpose: UserPurpose): TokenHandle {
    const { user, tenant = '', connection, account, scopes } = purpose;
    const key = JSON.stringify([user, tenant, connection, account, scopes]);
    return this.#engine.handles.get(key) ?? this.#create(key, purpose);
  }

  /** The token of the user that `run` was called with, for one client that all users share. Refuses outside of `run`. */
  current(connection: string, purpose: Pick<UserPurpose, 'account' | 'scopes'> = {}): TokenHandle {
    this.#connection(connection);
    return new CurrentHandle(() => {
      const identity = this.#current.getStore();
      return identity && this.for({ ...purpose, ...identity, connection });
    });
  }

  /**
   * Runs a function for a user: every use of `current()` in it, however deep and late, is for that user.
   *
   * @throws UserTokensConfigError when there is no user
   */
  run<T>(identity: Identity, fn: () => T): T {
    checkIdentity(identity);
    return this.#current.run({ user: identity.user, tenant: identity.tenant ?? '' }, fn);
  }

  /** Whether a user has granted what is asked for; if not, a link at which the user can. Callers that ask for the same share it. */
  async authorize(request: AuthorizeRequest): Promise<Result<Authorization, UserTokensError | TokenError>> {
    try {
      return Ok(await this.#engine.consent.authorize(request));
    } catch (cause) {
      return Err(isBearingsError(cause) && cause.source === 'oauth-bearer' ? cause : this.#toError(cause));
    }
  }

  /**
   * Asks for consent on another device (RFC 8628): show `userCode` and `verificationUri`, then call `wait`. `undefined` when
   * the server has no endpoint for devices.
   */
  async authorizeDevice(
    request: DeviceRequest,
  ): Promise<Result<DeviceAuthorization | undefined, UserTokensError | TokenError>> {
    try {
      return Ok(await this.#engine.consent.authorizeDevice(request));
    } catch (cause) {
      return Err(isBearingsError(cause) && cause.source === 'oauth-bearer' ? cause : this.#toError(cause));
    }
  }

  /**
   * Waits until a consent has ended, at the latest until it expires.
   *
   * @throws the signal's reason when it is aborted; the consent goes on
   */
  async wait(id: string, options: WaitOptions = {}): Promise<Result<FlowResult, UserTokensError>> {
    try {
      return Ok(await this.#engine.consent.wait(id, options));
    } catch (cause) {
      if (options?.signal?.aborted === true) throw cause; // from JavaScript it may be null
      return Err(this.#toError(cause));
    }
  }

  /** Answers the browser's requests below `redirectUri`. Mount it in any framework that has `Request` and `Response`. */
  get handler(): Handler {
    return this.#engine.consent.handler;
  }

  /**
   * A function that acts for a user, as a tool of an agent: it answers `{ pending: true, message, auth_url,
   * authorization_id }` while consent is missing.
   *
   * @throws UserTokensConfigError for a connection that does not exist, and for options that are wrong
   */
  tool<A, R>(connection: string, options: ToolOptions, fn: ToolFunction<A, R>): Tool<A, R> {
    checkToolOptions(options);
    const { scopes = this.#connection(connection).config.scopes, account, returnTo } = options;
    return createTool(
      {
        connection,
        options,
        token: this.current(connection, { account, scopes }),
        currentUser: () => this.#current.getStore(),
        run: (identity, action) => this.run(identity, action),
        authorize: (identity) => this.#engine.consent.authorize({ ...identity, connection, account, scopes, returnTo }),
        forget: ({ user, tenant = '' }) => this.#engine.handles.reset({ user, tenant }),
      },
      fn,
    );
  }

  /** Grants, ordered by id, without their secrets. */
  async list({ limit = 100, ...filter }: ListOptions = {}): Promise<Result<readonly GrantSummary[], UserTokensError>> {
    return this.#try(async () =>
      (await this.#engine.store.list({ ...filter, limit: Math.min(limit, 100) })).map(summarize),
    );
  }

  /** Ends a grant: at once for every call here, within `recheckMs` in other processes; and at the provider (RFC 7009). */
  async revoke(id: string): Promise<Result<Revocation, UserTokensError>> {
    return revokeGrant(this.#engine, id);
  }

  /** Revokes and deletes everything of a user. */
  async forget(identity: Identity): Promise<Result<Forgotten, UserTokensError>> {
    return this.#try(async () => {
      checkIdentity(identity);
      return forgetUser(this.#engine, { user: identity.user, tenant: identity.tenant ?? '' });
    });
  }

  /** Seals grants again with the current key. Call it until `rows` has that key only; then remove the other from `keys`. */
  async rekey(options?: RekeyOptions): Promise<Result<RekeyReport, UserTokensError>> {
    return this.#try(() => rekeyGrants(this.#engine, options));
  }

  /** Refreshes grants that were not used for long, so that they do not end. Call it once a day, in one place. */
  async keepAlive(options?: KeepAliveOptions): Promise<Result<KeepAliveReport, UserTokensError>> {
    return this.#try(() => keepGrantsAlive(this.#engine, options));
  }

  /** Calls the listener on every event from now on; answers with a function that stops it. Its errors are ignored. */
  subscribe(listener: UserTokensListener): () => void {
    return this.#engine.listeners.add(listener);
  }

  /** Waits for refreshes that are running and for pairs that the store has not taken, 5 s at most. You close the pool. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { handles, refresher, unsaved, store } = this.#engine;
    await handles.close();
    await refresher.settle();
    await unsaved.drain(closeWithinMs);
    await store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #create(key: string, purpose: UserPurpose): TokenHandle {
    checkIdentity(purpose);
    const { user, tenant = '', account, scopes = [] } = purpose;
    if (account !== undefined) checkId('account', account, true);
    const connection = this.#connection(purpose.connection);
    const handle = this.#engine.handles.create(key, { user, tenant, account, scopes: [...scopes], connection });
    if (this.#isClosed) void handle.close();
    return handle;
  }

  #connection(name: string): Connection {
    return findConnection(name, this.#engine.settings.connections);
  }

  async #try<T>(action: () => Promise<T>): Promise<Result<T, UserTokensError>> {
    try {
      return Ok(await action());
    } catch (cause) {
      return Err(this.#toError(cause));
    }
  }

  #toError(cause: unknown): UserTokensError {
    return isOwnError(cause) ? cause : toStoreError(this.#engine.store.name, cause);
  }
}

function checkIdentity(identity: Identity): void {
  checkId('user', identity?.user);
  checkId('tenant', identity.tenant ?? '', true);
}

function isOwnError(cause: unknown): cause is UserTokensError {
  return isBearingsError(cause) && cause.source === 'user-tokens';
}
