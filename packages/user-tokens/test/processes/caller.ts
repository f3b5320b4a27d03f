/** A process with many callers that need the token of one user. It ends itself where the test wants it to. */
import { postgresStore, UserTokens } from '@bearings/user-tokens';
import type { GrantStore } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { Pool } from 'pg';

/** What the test tells it. */
export interface CallerConfig {
  readonly issuer: string;
  readonly callers: number;
  readonly leaseMs: number;
  readonly store: { readonly path: string } | { readonly url: string; readonly schema: string };
  readonly signal?: { readonly at: Step; readonly name: 'SIGKILL' | 'SIGSTOP' };
}

/** Before or after a call of the store, or of the provider. */
export type Step = 'before claim' | 'after claim' | 'after send' | 'before commit' | 'after commit';

/** What it prints. */
export interface CallerReport {
  readonly tokens: readonly string[];
  readonly errors: readonly string[];
}

const config: CallerConfig = JSON.parse(process.argv[2] ?? '');

function reach(step: Step): void {
  if (config.signal?.at === step) process.kill(process.pid, config.signal.name);
}

/** A store that says when it is called. */
function observed(store: GrantStore): GrantStore {
  return new Proxy(store, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...values: unknown[]): Promise<unknown> => {
        if (name === 'claim' || name === 'commit') reach(`before ${name}`);
        const done: unknown = await Reflect.apply(member, target, values);
        if ((name === 'claim' || name === 'commit') && done === true) reach(`after ${name}`);
        return done;
      };
    },
  });
}

const pool =
  'url' in config.store
    ? new Pool({ connectionString: config.store.url, options: `-c search_path=${config.store.schema}`, max: 4 })
    : undefined;
const store =
  pool === undefined
    ? sqliteStore({ path: 'path' in config.store ? config.store.path : '' })
    : postgresStore({ query: (text, values) => pool.query(text, values) });

const created = await UserTokens.create({
  store: observed(store),
  keys: { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } },
  connections: { mail: { issuerUrl: config.issuer, clientId: 'app', clientSecret: 'cs', scopes: [] } },
  redirectUri: 'https://app.test/oauth',
  identify: () => undefined,
  leaseMs: config.leaseMs,
  fetch: async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method === 'POST' || (input instanceof Request && input.method === 'POST')) {
      await response.clone().arrayBuffer();
      reach('after send');
    }
    return response;
  },
});
const users = created.unwrap();
const answers = await Promise.all(
  Array.from({ length: config.callers }, async () => users.for({ user: 'alice', connection: 'mail' }).get()),
);
const tokens = answers.flatMap((answer) => (answer.isOk() ? [answer.value.secret.expose()] : []));
const errors = answers.flatMap((answer) =>
  answer.isErr() ? [answer.error.code === 'REAUTHORIZATION_REQUIRED' ? answer.error.reason : answer.error.message] : [],
);
await users.close();
await pool?.end();
process.stdout.write(
  JSON.stringify({ tokens: [...new Set(tokens)], errors: [...new Set(errors)] } satisfies CallerReport),
);
