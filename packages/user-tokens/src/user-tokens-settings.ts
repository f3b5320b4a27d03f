import {
  anyRule,
  checkOptions,
  clockRule,
  countRule,
  functionRule,
  methodsRule,
  objectRule,
  stringRule,
  transportLayerRule,
} from '@bearings/client/layer';
import type { OptionRule, OptionRules } from '@bearings/client/layer';
import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { Connection } from './connection/connection.ts';
import { connectionRules } from './connection/connection-rules.ts';
import { UserTokensConfigError } from './errors.ts';
import { renameConfigError } from './rename-config-error.ts';
import type { GrantStore } from './store/grant-store.ts';
import type { Identify, UserTokensOptions } from './user-tokens-options.ts';

/** Options, checked, with every default in place. */
export interface UserTokensSettings {
  readonly store: GrantStore;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly redirectUri: string;
  readonly identify: Identify;
  readonly recheckMs: number;
  readonly maxHandles: number;
  readonly leaseMs: number;
  readonly flowLifetimeMs: number;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** @throws UserTokensConfigError naming the option, and what would be right */
export function readSettings(options: UserTokensOptions): UserTokensSettings {
  renameConfigError(() => checkOptions(options, rules, { owner: 'UserTokens.create' }));
  for (const name of required) {
    if (options[name] === undefined) throw new UserTokensConfigError(name, 'is missing');
  }
  const { recheckMs = 30_000, maxHandles = 50_000, leaseMs = 15_000, flowLifetimeMs = 600_000 } = options;
  const { clock = systemClock, random = Math.random, fetch, store, identify, redirectUri } = options;
  const times = { recheckMs, maxHandles, leaseMs, flowLifetimeMs };
  return {
    store,
    identify,
    redirectUri,
    ...times,
    connections: readConnections(options, { clock, random, leaseMs }),
    fetch,
    clock,
    random,
  };
}

interface ConnectionTiming {
  readonly clock: Clock;
  readonly random: () => number;
  readonly leaseMs: number;
}

function readConnections(
  { connections, fetch, network }: UserTokensOptions,
  { clock, random, leaseMs }: ConnectionTiming,
): ReadonlyMap<string, Connection> {
  const requestTimeoutMs = Math.floor((leaseMs * 2) / 3);
  const read = Object.entries(connections).map(([name, config]): [string, Connection] => {
    if (!/^[\w.-]{1,64}$/.test(name)) {
      throw new UserTokensConfigError(
        'connections',
        `has the name ${JSON.stringify(name.slice(0, 60))}: a name has 1 to 64 letters, digits or one of . _ -`,
      );
    }
    renameConfigError(() =>
      checkOptions(config, connectionRules, { owner: 'UserTokens.create', within: `connections.${name}` }),
    );
    const made = Connection.create(name, config, { ...(fetch && { fetch }), network, clock, random, requestTimeoutMs });
    if (made.isErr()) throw made.error;
    return [name, made.value];
  });
  return new Map(read);
}

const required = ['store', 'keys', 'connections', 'redirectUri', 'identify'] as const;

const durationRule: OptionRule = {
  test: (value) => typeof value === 'number' && value > 0 && value <= 2 ** 31,
  expected: 'milliseconds above 0',
};

const rules: OptionRules<UserTokensOptions> = {
  store: methodsRule('a store, such as sqliteStore({ path })', 'open', 'find', 'claim', 'commit'),
  keys: { ...objectRule, isSecret: true },
  connections: objectRule,
  redirectUri: stringRule,
  identify: functionRule,
  recheckMs: durationRule,
  maxHandles: countRule,
  leaseMs: {
    test: (value) => typeof value === 'number' && value >= 100 && value < 30_000,
    expected: 'milliseconds from 100 to below 30000, the shortest grace period of a server for a used refresh token',
  },
  flowLifetimeMs: durationRule,
  fetch: functionRule,
  network: transportLayerRule,
  clock: clockRule,
  random: anyRule,
};
