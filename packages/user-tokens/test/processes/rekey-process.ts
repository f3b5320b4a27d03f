/** A process that seals all grants with a new key, and kills itself after so many of them. */
import { UserTokens } from '@bearings/user-tokens';
import type { GrantStore } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';

const [path = '', killAfter = 'Infinity'] = process.argv.slice(2);

/** Kills the process in the place of one write. */
function killing(store: GrantStore): GrantStore {
  let left = Number(killAfter);
  const reseal: GrantStore['reseal'] = async (...values) => {
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    left -= 1;
    return store.reseal(...values);
  };
  return new Proxy(store, {
    get(target, name): unknown {
      const member: unknown = name === 'reseal' ? reseal : Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const created = await UserTokens.create({
  store: killing(sqliteStore({ path })),
  keys: { current: 'k2', keys: { k1: key(1), k2: key(2) } },
  connections: { mail: { issuerUrl: 'https://issuer.test', clientId: 'app', clientSecret: 'cs', scopes: [] } },
  redirectUri: 'https://app.test/oauth',
  identify: () => undefined,
});
const users = created.unwrap();
const report = (await users.rekey()).unwrap();
await users.close();
process.stdout.write(JSON.stringify({ ...report, rows: Object.fromEntries(report.rows) }));
