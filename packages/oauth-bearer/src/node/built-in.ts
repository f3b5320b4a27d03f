import type asyncHooks from 'node:async_hooks';
import type crypto from 'node:crypto';
import { TokenConfigError } from '../errors.ts';

interface BuiltIns {
  readonly 'node:async_hooks': typeof asyncHooks;
  readonly 'node:crypto': typeof crypto;
}

interface NodeProcess {
  readonly getBuiltinModule?: <Name extends keyof BuiltIns>(name: Name) => BuiltIns[Name] | undefined;
}

/**
 * A module of Node; `undefined` on a runtime without it. A static import would keep the whole package from loading there, and
 * a dynamic one would make the check of a config asynchronous.
 */
export function builtIn<Name extends keyof BuiltIns>(name: Name): BuiltIns[Name] | undefined {
  const { process: node }: { readonly process?: NodeProcess } = globalThis;
  return node?.getBuiltinModule?.(name);
}

/**
 * `node:crypto`, for an option that needs it.
 *
 * @throws TokenConfigError on a runtime without it
 */
export function nodeCrypto(field: string): BuiltIns['node:crypto'] {
  const found = builtIn('node:crypto');
  if (found !== undefined) return found;
  const remedy = 'on Cloudflare Workers, set the compatibility flag nodejs_compat';
  throw new TokenConfigError(field, `needs node:crypto, which this runtime does not have: ${remedy}`);
}
