import type { Clock } from '@bearings/client';
import { TokenUnavailableError } from '@bearings/oauth-bearer';
import type { TokenError } from '@bearings/oauth-bearer';
import { elapsedMs, instantNow } from '@bearings/oauth-bearer/source';
import type { Instant } from '@bearings/oauth-bearer/source';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Connection } from '../connection/connection.ts';
import type { GrantReason, GrantRecord } from '../store/grant-record.ts';
import type { GrantStore, Release } from '../store/grant-store.ts';
import { toGrantError } from './grant-error.ts';
import { grantFacts } from './grant-event.ts';
import type { GrantEvent } from './grant-event.ts';
import type { GrantVault } from './grant-vault.ts';
import { findEnd, findObstacle, isEnough, isServable, isUnusable, openGrant, reauthorize } from './open-grant.ts';
import type { Need, OpenGrant } from './open-grant.ts';
import { describeFailure } from './refresh-failure.ts';
import { sendRefresh } from './send-refresh.ts';
import { renewGrant, rotateGrant } from './renew-grant.ts';
import type { RenewedGrant } from './renew-grant.ts';
import { hashToken } from './token-pair.ts';
import type { TokenPair } from './token-pair.ts';
import type { UnsavedPairs } from './unsaved-pairs.ts';

/** What a refresh works with. */
export interface RefreshContext {
  readonly store: GrantStore;
  readonly vault: GrantVault;
  readonly unsaved: UnsavedPairs;
  readonly clock: Clock;
  readonly random: () => number;
  /** This instance, in leases. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly notify: (event: GrantEvent) => void;
}

/** The longest wait for other processes, in milliseconds. */
const longestWaitMs = 30_000;
/** The longest that a process which finds an attempt of another waits for its outcome. */
const longestRecoveryMs = 1_000;

type Outcome = Result<OpenGrant, TokenError>;

/** One renewal: of which grant, for which need. */
interface Renewal {
  readonly id: string;
  readonly connection: Connection;
  readonly need: Need;
}

/** A grant that this process has claimed. */
interface Claimed extends OpenGrant {
  readonly connection: Connection;
  readonly isRecovering: boolean;
  /** Before the claim. On both clocks: a machine that sleeps stops the monotonic one. */
  readonly claimedAt: Instant;
}

/**
 * Renews grants so that no refresh token is used twice, by any number of processes that share a store.
 *
 * Read; claim the version with a lease, marking the attempt; send; commit the version. A process that finds another's
 * lease waits for its commit. The store takes a new pair before any caller gets it; if it cannot, the pair is served from
 * memory and written as soon as possible. A refusal is believed only when the row is still as it was.
 */
export class GrantRefresher {
  readonly #context: RefreshContext;
  readonly #flights = new Map<string, Promise<Outcome>>();

  constructor(context: RefreshContext) {
    this.#context = context;
  }

  /** A grant that is enough for the need: as it is stored, or refreshed. One renewal per grant at a time. Never rejects. */
  async renew(renewal: Renewal): Promise<Outcome> {
    for (let running = this.#flights.get(renewal.id); running !== undefined; running = this.#flights.get(renewal.id)) {
      const outcome = await running;
      if (outcome.isErr() || isEnough(outcome.value, renewal.need)) return outcome;
    }
    const flight = this.#renew(renewal);
    this.#flights.set(renewal.id, flight);
    try {
      return await flight;
    } finally {
      this.#flights.delete(renewal.id);
    }
  }

  /** Waits for the renewals that are running. */
  async settle(): Promise<void> {
    await Promise.all(this.#flights.values());
  }

  async #renew(renewal: Renewal): Promise<Outcome> {
    const { clock } = this.#context;
    const startedMs = clock.monotonic();
    try {
      while (clock.monotonic() - startedMs < longestWaitMs) {
        const outcome = await this.#step(renewal);
        if (outcome !== undefined) return outcome;
      }
      return Err(
        new TokenUnavailableError(
          `${renewal.connection.name}: another process has been refreshing the grant for ${longestWaitMs} ms`,
        ),
      );
    } catch (cause) {
      return Err(toGrantError(cause, renewal.connection.name));
    }
  }

  /** One look at the row and what follows from it; `undefined` when it has to be looked at again. */
  async #step({ id, connection, need }: Renewal): Promise<Outcome | undefined> {
    const { store, vault, unsaved } = this.#context;
    await unsaved.flush(id);
    const waiting = unsaved.get(id);
    if (waiting !== undefined) return isServable(waiting, need) ? Ok(waiting) : Err(unsavedError(connection));
    const grant = await store.get(id);
    const obstacle = findObstacle(grant, connection);
    if (obstacle !== undefined || grant === undefined)
      return Err(obstacle ?? reauthorize(connection.name, 'not_connected'));
    const opened = await openGrant(grant, connection, vault);
    if (isUnusable(opened, connection)) return Err(reauthorize(connection.name, 'client_changed'));
    if (isEnough(opened, need)) return Ok(opened);
    const end = findEnd(opened);
    if (end !== undefined) return isServable(opened, need) ? Ok(opened) : this.#end(grant, end);
    const server = await connection.server();
    if (server.isErr()) return server;
    const bound = opened.bound ?? (await connection.dpopKeys.create());
    return this.#claim({ ...opened, bound }, connection);
  }

  /** A grant that cannot be renewed any more. */
  async #end(grant: GrantRecord, reason: GrantReason): Promise<Outcome | undefined> {
    if (grant.status === 'active' && !(await this.#expire(grant, reason))) return undefined;
    return Err(reauthorize(grant.connection, reason));
  }

  async #claim(opened: OpenGrant, connection: Connection): Promise<Outcome | undefined> {
    const { store, owner, leaseMs, random, clock } = this.#context;
    const { grant, pair } = opened;
    const attempt = await hashToken(pair);
    const claimedAt = instantNow(clock);
    const isTaken = grant.lease !== undefined && grant.lease.endsInMs > 0 && grant.lease.owner !== owner;
    if (isTaken || !(await store.claim(grant.id, { version: grant.version, owner, leaseMs, attempt }))) {
      await this.#wait(25 + random() * 50);
      return undefined;
    }
    const isRecovering = grant.attempt === attempt;
    if (isRecovering) await this.#wait(Math.min(longestRecoveryMs, leaseMs / 10));
    const isMoved = isRecovering && (await store.get(grant.id))?.version !== grant.version;
    return isMoved ? undefined : this.#send({ ...opened, connection, isRecovering, claimedAt });
  }

  async #send(claimed: Claimed): Promise<Outcome | undefined> {
    const { grant, pair, bound, connection, isRecovering, claimedAt } = claimed;
    const { clock, leaseMs } = this.#context;
    const startedMs = clock.monotonic();
    // a process that was suspended after its claim may have lost the lease: another may have sent this token
    const isLate = elapsedMs(claimedAt, clock) > leaseMs / 3;
    if (pair.refresh === undefined || isLate)
      return this.#release(claimed, { clearsAttempt: !isRecovering, lastError: 'SUSPENDED' });
    const request = { ...grant, refresh: pair.refresh, isRecovering, dpopKey: bound?.key };
    const answer = await sendRefresh(connection, request);
    const tookMs = clock.monotonic() - startedMs;
    if (answer.kind === 'issued') {
      const onStored = (): void => this.#context.notify({ type: 'refreshed', tookMs, ...grantFacts(grant) });
      return this.#commit(claimed, renewGrant(claimed, answer.issued, tookMs), onStored);
    }
    if (answer.kind === 'dead') return this.#refused(grant, answer.isInterrupted);
    const { error } = answer;
    if (answer.kind === 'rotated') {
      await this.#commit(claimed, rotateGrant(claimed, answer, elapsedMs(claimedAt, clock)), () => {});
    } else {
      await this.#release(claimed, { clearsAttempt: answer.isUnused, lastError: describeFailure(error) });
    }
    this.#context.notify({ type: 'refresh-failed', error, ...grantFacts(grant) });
    return Err(error);
  }

  /** When the store is down too, the lease ends by itself. */
  async #release({ grant }: Claimed, facts: Pick<Release, 'clearsAttempt' | 'lastError'>): Promise<undefined> {
    const { store, owner } = this.#context;
    await store.release(grant.id, { version: grant.version, owner, ...facts }).catch(() => false);
  }

  /** The grant has ended only if no other process has renewed it meanwhile. The next step reads the row again. */
  async #refused(grant: GrantRecord, isInterrupted: boolean): Promise<undefined> {
    const now = await this.#context.store.get(grant.id);
    if (now?.version !== grant.version) return;
    await this.#expire(grant, isInterrupted ? 'refresh_interrupted' : 'refresh_refused');
  }

  async #expire(grant: GrantRecord, reason: GrantReason): Promise<boolean> {
    const isOurs = await this.#context.store.expire(grant.id, grant.version, reason);
    if (isOurs) this.#context.notify({ type: 'reauthorization-required', reason, ...grantFacts(grant) });
    return isOurs;
  }

  async #commit(claimed: Claimed, { opened, facts }: RenewedGrant, onStored: () => void): Promise<Outcome | undefined> {
    const { store, unsaved, owner, leaseMs, notify } = this.#context;
    const { grant } = claimed;
    const whose = grantFacts(grant);
    const { id, version } = grant;
    const write = async (): Promise<boolean> => {
      const sealed = await this.#context.vault.seal(opened.pair, opened.grant);
      return store.commit(id, version, { ...facts, ...sealed });
    };
    try {
      if (!(await write())) return await this.#late(claimed, opened.pair);
    } catch {
      const holdLease = async (): Promise<unknown> => store.extend(id, { version, owner, leaseMs });
      unsaved.add(id, { opened, write, holdLease, onSettled: () => notify({ type: 'persisted', ...whose }) });
      notify({ type: 'persist-failed', ...whose });
      // past its lease, another process may have stored a newer pair: the next step writes this one, or finds that one
      return this.#isPastLease(claimed) ? undefined : Ok(opened);
    }
    onStored();
    return Ok(opened);
  }

  #isPastLease({ claimedAt }: Claimed): boolean {
    return elapsedMs(claimedAt, this.#context.clock) > this.#context.leaseMs;
  }

  /** Another process was faster: its pair counts. If the user has revoked the grant, the new pair is revoked too. */
  async #late({ grant, connection }: Claimed, pair: TokenPair): Promise<undefined> {
    const now = await this.#context.store.get(grant.id);
    if (now !== undefined && now.status !== 'revoked') return;
    const token = (pair.refresh ?? pair.access).expose();
    const tokenTypeHint = pair.refresh === undefined ? 'access_token' : 'refresh_token';
    await connection.revoke({ token, tokenTypeHint, signal: new AbortController().signal });
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#context.clock.schedule(ms, resolve));
  }
}

const unsavedError = ({ name }: Connection): TokenUnavailableError =>
  new TokenUnavailableError(`${name}: the store has not taken the last tokens, so they cannot be renewed`);
