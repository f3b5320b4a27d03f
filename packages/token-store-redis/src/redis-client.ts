import { ConfigError } from '@bearings/client/errors';
import type { Script } from './scripts.ts';

/** A client of `@redis/client` (or `redis`): a client, a cluster, a sentinel or a pool. You connect and close it. */
export interface NodeRedisClient {
  evalSha(sha: string, options: EvalOptions): Promise<unknown>;
  eval(script: string, options: EvalOptions): Promise<unknown>;
}

interface EvalOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

/** A client or a cluster of `ioredis`. You connect and close it. */
export interface IoRedisClient {
  evalsha(sha: string, keyCount: number, ...args: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...args: string[]): Promise<unknown>;
}

/** Sends one command, for any other client: `(args) => glide.customCommand(args)`. */
export type SendCommand = (args: string[]) => Promise<unknown>;

export type RedisClient = NodeRedisClient | IoRedisClient | SendCommand;

/** One call of a script. */
interface ScriptCall {
  readonly script: Script;
  readonly key: string;
  readonly args: readonly string[];
}

/** Runs a script by its SHA-1, and by its text when the server does not know it. */
export type RunScript = (call: ScriptCall) => Promise<unknown>;

/**
 * How a client runs scripts.
 *
 * @throws ConfigError for something else than a client, and for a client that would keep commands while it is not connected
 */
export function createRunScript(client: RedisClient): RunScript {
  const run = toEvaluate(client);
  return async ({ script, key, args }) => {
    try {
      return await run('EVALSHA', script.sha, [key, ...args]);
    } catch (cause) {
      if (!(cause instanceof Error) || !cause.message.includes('NOSCRIPT')) throw cause;
      return run('EVAL', script.text, [key, ...args]);
    }
  };
}

type Evaluate = (
  command: 'EVAL' | 'EVALSHA',
  script: string,
  keyAndArgs: readonly [string, ...string[]],
) => Promise<unknown>;

function toEvaluate(client: RedisClient): Evaluate {
  if (typeof client === 'string') {
    throw new ConfigError('client', `client is a URL, and must be a client that you have connected: ${advice}`);
  }
  if (typeof client === 'function') return (command, script, args) => client([command, script, '1', ...args]);
  if (isNodeRedis(client)) {
    mustBe(readOption(client, 'disableOfflineQueue') !== false, 'disableOfflineQueue: true');
    return (command, script, [key, ...args]) => {
      const options = { keys: [key], arguments: args };
      return command === 'EVAL' ? client.eval(script, options) : client.evalSha(script, options);
    };
  }
  if (isIoRedis(client)) {
    mustBe(readOption(client, 'enableOfflineQueue') !== true, 'enableOfflineQueue: false');
    return (command, script, args) =>
      command === 'EVAL' ? client.eval(script, 1, ...args) : client.evalsha(script, 1, ...args);
  }
  throw new ConfigError('client', `client must be ${advice}`);
}

const advice =
  'a client of @redis/client or ioredis, or a function that sends a command, such as (args) => glide.customCommand(args)';

function mustBe(isRight: boolean, setting: string): void {
  if (isRight) return;
  const reason = 'while Redis is unavailable the client would queue commands, and send them too late';
  throw new ConfigError('client', `client must be created with ${setting}: ${reason}`);
}

/** An option of a client; `disableOfflineQueue` is false when it is not set. Unknown for clusters of some versions. */
function readOption(client: object, name: string): boolean | undefined {
  const options: unknown = Reflect.get(client, 'options');
  if (typeof options !== 'object' || options === null) return undefined;
  const value: unknown = Reflect.get(options, name);
  return value === true;
}

const isNodeRedis = (client: object): client is NodeRedisClient =>
  typeof Reflect.get(client ?? {}, 'evalSha') === 'function';
const isIoRedis = (client: object): client is IoRedisClient =>
  typeof Reflect.get(client ?? {}, 'evalsha') === 'function';
