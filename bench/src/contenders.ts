import type { Open } from './contender.ts';
import { undiciLayer } from './contenders/undici-layer.ts';

/** A contender as the tables know it. */
export interface Entry {
  readonly title: string;
  /** Loaded by the sample alone: each process holds the code of one contender. */
  readonly load: () => Promise<{ readonly open: Open }>;
  /** False for those whose token is fetched by hand, once: there is nothing to count. */
  readonly getsTokens: boolean;
}

const ownTokens = { getsTokens: true } as const;
const byHand = { getsTokens: false } as const;

/** Everyone who takes part, by the name that the command line takes. */
export const contenders: Readonly<Record<string, Entry>> = {
  'undici-request': {
    title: 'undici.request, static header',
    load: () => import('./contenders/undici-request.ts'),
    ...byHand,
  },
  'global-fetch': {
    title: 'global fetch, static header',
    load: () => import('./contenders/global-fetch.ts'),
    ...byHand,
  },
  'client-fetch-undici': {
    title: 'Bearings client.fetch, undici',
    load: () => import('./contenders/client-fetch-undici.ts'),
    ...ownTokens,
  },
  'client-get-undici': {
    title: 'Bearings client.get, undici',
    load: () => import('./contenders/client-get-undici.ts'),
    ...ownTokens,
  },
  'client-fetch': {
    title: 'Bearings client.fetch, global fetch',
    load: () => import('./contenders/client-fetch.ts'),
    ...ownTokens,
  },
  'client-get': {
    title: 'Bearings client.get, global fetch',
    load: () => import('./contenders/client-get.ts'),
    ...ownTokens,
  },
  'ky-hook': { title: 'ky, auth hook', load: () => import('./contenders/ky-hook.ts'), ...ownTokens },
  axios: { title: 'axios, interceptor', load: () => import('./contenders/axios.ts'), ...ownTokens },
  got: { title: 'got, hook', load: () => import('./contenders/got.ts'), ...ownTokens },
  badgateway: { title: '@badgateway/oauth2-client', load: () => import('./contenders/badgateway.ts'), ...ownTokens },
  azure: { title: '@azure/core-rest-pipeline', load: () => import('./contenders/azure.ts'), ...ownTokens },
  google: { title: 'google-auth-library', load: () => import('./contenders/google.ts'), ...ownTokens },
};

/** The names of those who can run here: without `withUndici` the rows on undici are left out. */
export async function present(): Promise<readonly string[]> {
  const names = Object.keys(contenders);
  return (await undiciLayer()) === undefined ? names.filter((name) => !name.endsWith('-undici')) : names;
}

/** How the tables name a contender. */
export const contenderTitle = (name: string): string => contenders[name]?.title ?? name;
