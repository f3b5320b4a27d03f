import type { Clock } from '@bearings/client';
import { SecretString, TokenHttpError, TokenUnavailableError } from '@bearings/oauth-bearer';
import type { IssuedToken, TokenError } from '@bearings/oauth-bearer';
import { DpopKeys } from '@bearings/oauth-bearer/source';
import { memoryStore } from '@bearings/user-tokens';
import type { GrantRecord, GrantStore } from '@bearings/user-tokens';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Connection, ConnectionRequest } from '../../src/connection/connection.ts';
import { GrantRefresher } from '../../src/grant/grant-refresher.ts';
import { GrantVault } from '../../src/grant/grant-vault.ts';
import type { Need, OpenGrant } from '../../src/grant/open-grant.ts';
import { UnsavedPairs } from '../../src/grant/unsaved-pairs.ts';
import type { RowSealer } from '../../src/sealing/row-sealer.ts';
import type { Choose } from './explore.ts';

/** What else may happen in a run, each once, at any moment. */
export type Incident = 'crash' | 'suspension' | 'lost answer' | 'revocation';

const leaseMs = 15_000;

/** A process that stops before each step until it is chosen. */
interface Process {
  readonly name: string;
  readonly refresher: GrantRefresher;
  /** The step that it waits to make. */
  next: { readonly step: string; readonly proceed: () => void } | undefined;
  isCrashed: boolean;
  /** How many steps it has made, and how many the other had made at its last wait. */
  steps: number;
  seen: number;
  /** True between the provider's answer and the commit. */
  hasUnstoredAnswer: boolean;
  outcome: Result<OpenGrant, TokenError> | undefined;
}

/** A server that rotates strictly: a refresh token that was used ends the family. */
class StrictServer {
  readonly sends: string[] = [];
  current = 'rt1';
  isEnded = false;
  access = 'at1';

  refresh(given: string): Result<IssuedToken, TokenError> {
    this.sends.push(given);
    if (given !== this.current || this.isEnded) {
      this.isEnded = true;
      return Err(new TokenHttpError({ endpoint: 'https://id.test/token', status: 400, oauthError: 'invalid_grant' }));
    }
    const count = this.sends.length + 1;
    this.current = `rt${count}`;
    this.access = `at${count}`;
    const extras = { refreshToken: new SecretString(this.current), get: () => undefined };
    return Ok({ value: this.access, lifetimeMs: 3_600_000, scopes: [], extras } as unknown as IssuedToken);
  }
}

/** Two processes that refresh one grant, over the product's own refresher. */
export class TwoProcesses {
  readonly server: StrictServer = new StrictServer();
  readonly incidents: Incident[] = [];
  grant: GrantRecord | undefined;
  /** True when a crash, a suspension or a lost answer came between the provider's rotation and its commit. */
  isPairLost = false;
  readonly #processes: Process[];
  readonly #store: GrantStore;
  readonly #vault: GrantVault;
  #nowMs = 1_000_000;
  #isAnswerToBeLost = false;
  #arrived = Promise.withResolvers<void>();

  constructor() {
    const clock = this.#clock(undefined);
    this.#store = memoryStore({ clock });
    this.#vault = new GrantVault(this.#store, openSealer);
    this.#processes = ['A', 'B'].map((name) => this.#createProcess(name));
  }

  /** The refresh token that is stored. */
  get stored(): string | undefined {
    const { sealed } = this.grant ?? {};
    return sealed && /"refresh":"(\w+)"/.exec(Buffer.from(sealed).toString())?.[1];
  }

  get outcomes(): readonly (Result<OpenGrant, TokenError> | undefined)[] {
    return this.#processes.map(({ outcome }) => outcome);
  }

  get hasCrashed(): boolean {
    return this.#processes.some(({ isCrashed }) => isCrashed);
  }

  /** Runs both to their ends, in the order of the choices. */
  async run(choose: Choose, need: Need, possible: readonly Incident[]): Promise<void> {
    const issued = {
      value: 'at1',
      lifetimeMs: need.rejected === undefined ? -1 : 3_600_000,
      scopes: [],
      extras: first,
    } as unknown as IssuedToken;
    const key = { tenant: '', user: 'alice', connection: 'mail', account: '' };
    this.grant = await this.#vault.save({ ...key, issuer: 'https://id.test', clientId: 'app', issued, ageMs: 0 });
    for (const process of this.#processes) void this.#start(process, need);
    const left = new Set(possible);
    for (;;) {
      await this.#untilAllWait();
      const steps = this.#possibleSteps(left);
      const step = steps[steps.length === 1 ? 0 : choose(steps.length)];
      if (step === undefined) break;
      await step();
    }
    this.grant = await this.#store.get(this.grant.id);
  }

  #possibleSteps(left: Set<Incident>): (() => void | Promise<void>)[] {
    const running = this.#processes.filter(({ next, isCrashed }) => next !== undefined && !isCrashed);
    if (running.length === 0) return [];
    const steps: (() => void | Promise<void>)[] = running
      .filter((process) => !this.#waitsInVain(process))
      .map((process) => () => this.#proceed(process));
    const add = (incident: Incident, action: () => void | Promise<void>): void => {
      if (!left.has(incident)) return;
      steps.push(() => {
        left.delete(incident);
        this.incidents.push(incident);
        return action();
      });
    };
    const [victim] = running;
    if (victim !== undefined && running.length === 2) add('crash', () => this.#crash(victim));
    const isSending = running.some(({ next }) => next?.step === 'send'); // the last look at the clock and the send are one
    if (!isSending) add('suspension', () => this.#suspend());
    const answered = running.find(({ next }) => next?.step === 'answer');
    if (answered !== undefined) {
      add('lost answer', () => {
        this.#isAnswerToBeLost = true;
        this.#proceed(answered);
      });
    }
    add('revocation', async () => void (await this.#store.revoke(this.grant?.id ?? '')));
    return steps;
  }

  #crash(process: Process): void {
    process.isCrashed = true;
    this.isPairLost ||= process.hasUnstoredAnswer;
    process.next = undefined;
  }

  /** Both pause for twice the lease: the one that goes on first finds the lease of the other ended. */
  #suspend(): void {
    this.#nowMs += 2 * leaseMs;
    this.isPairLost ||= this.#processes.some(({ hasUnstoredAnswer }) => hasUnstoredAnswer);
  }

  /** A process that waits for another's lease polls; when no other runs, its waits last until the lease has ended. */
  #proceed(process: Process): void {
    const { next } = process;
    process.next = undefined;
    process.steps += 1;
    if (isWait(next?.step)) process.seen = this.#other(process).steps;
    if (next?.step === 'poll' && this.#other(process).next === undefined) this.#nowMs += leaseMs;
    next?.proceed();
  }

  /** A process that polls again before the other has made a step finds what it found before. */
  #waitsInVain(process: Process): boolean {
    const other = this.#other(process);
    return isWait(process.next?.step) && other.next !== undefined && other.steps === process.seen;
  }

  #other(process: Process): Process {
    return this.#processes.find((each) => each !== process) ?? process;
  }

  async #untilAllWait(): Promise<void> {
    while (
      this.#processes.some(({ next, isCrashed, outcome }) => next === undefined && !isCrashed && outcome === undefined)
    ) {
      this.#arrived = Promise.withResolvers<void>();
      await this.#arrived.promise;
    }
  }

  async #start(process: Process, need: Need): Promise<void> {
    const connection = this.#connection(process);
    process.outcome = await process.refresher.renew({ id: this.grant?.id ?? '', connection, need });
    this.#arrived.resolve();
  }

  #createProcess(name: string): Process {
    const process: Omit<Process, 'refresher'> & { refresher?: GrantRefresher } = {
      name,
      next: undefined,
      isCrashed: false,
      steps: 0,
      seen: -1,
      hasUnstoredAnswer: false,
      outcome: undefined,
    };
    const made = process as Process;
    const clock = this.#clock(made);
    const store = this.#gatedStore(made);
    const vault = new GrantVault(store, openSealer);
    const shared = { store, vault, clock, unsaved: new UnsavedPairs(clock), random: () => 0, owner: name, leaseMs };
    process.refresher = new GrantRefresher({ ...shared, notify: () => {} });
    return made;
  }

  async #gate(process: Process, step: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    process.next = { step, proceed: resolve };
    this.#arrived.resolve();
    await promise;
  }

  #gatedStore(process: Process): GrantStore {
    return new Proxy(this.#store, {
      get: (target, name): unknown => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...values: unknown[]): Promise<unknown> => {
          await this.#gate(process, String(name));
          const done: unknown = await Reflect.apply(member, target, values);
          if (name === 'commit') process.hasUnstoredAnswer = false;
          return done;
        };
      },
    });
  }

  #connection(process: Process): Connection {
    const request = async ({
      params,
      isProbe,
      onRetry,
    }: ConnectionRequest): Promise<Result<IssuedToken, TokenError>> => {
      const given = params.find(([name]) => name === 'refresh_token')?.[1] ?? '';
      for (let isRetry = false; ; isRetry = true) {
        await this.#gate(process, 'send');
        const answer = this.server.refresh(given);
        process.hasUnstoredAnswer = answer.isOk();
        await this.#gate(process, 'answer');
        if (!this.#isAnswerToBeLost) return answer;
        this.#isAnswerToBeLost = false;
        this.isPairLost ||= answer.isOk();
        if (isProbe || isRetry) return Err(new TokenUnavailableError('the answer was lost'));
        onRetry?.({ retry: 1, trigger: 'transport', delayMs: 0, method: 'POST', origin: '' });
      }
    };
    const server = async (): Promise<unknown> => Ok({});
    const revoke = async (): Promise<unknown> => Ok(true);
    const config = { clientId: 'app', scopes: [] };
    return {
      name: 'mail',
      config,
      configuredIssuer: 'https://id.test',
      request,
      server,
      revoke,
      dpopKeys: new DpopKeys(false, this.#clock(undefined)),
    } as unknown as Connection;
  }

  #clock(process: Process | undefined): Clock {
    const schedule = (delayMs: number, action: () => void): (() => void) => {
      if (process !== undefined)
        void this.#gate(process, delayMs < 100 ? 'poll' : 'wait').then(() => ((this.#nowMs += delayMs), action()));
      return () => {};
    };
    return { now: () => this.#nowMs, monotonic: () => this.#nowMs, schedule };
  }
}

const isWait = (step: string | undefined): boolean => step === 'poll' || step === 'wait';

const first = { refreshToken: new SecretString('rt1'), get: () => undefined };

/** Leaves content as it is: encryption would take most of the time, and changes no step. */
const openSealer = {
  seal: async (sealed: Uint8Array) => ({ sealed, keyId: 'k1' }),
  open: async ({ sealed }: { sealed: Uint8Array }) => sealed,
  currentKeyId: async () => 'k1',
} as unknown as RowSealer;
