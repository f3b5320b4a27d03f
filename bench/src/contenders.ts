import type { Open } from './contender.ts';
import { undiciLayer } from './contenders/undici-layer.ts';

/** A contender with its title in the tables. */
export interface Entry {
  readonly title: string;
  /** Loaded only in the sample's process, so that each process has the code of one contender. */
  readonly load: () => Promise<{ readonly open: Open }>;
  /** False for contenders whose token is fetched once, by hand: there are no token requests to count. */
  readonly getsTokens: boolean;
}

const ownTokens = { getsTokens: true } as const;
const byHand = { getsTokens: false } as const;

/** All contenders, by their name on the command line. */
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

/** The contenders that can run: without `withUndici` the undici rows are left out. */
export async function present(): Promise<readonly string[]> {
  const names = Object.keys(contenders);
  return (await undiciLayer()) === undefined ? names.filter((name) => !name.endsWith('-undici')) : names;
}

/** The title of a contender in the tables. */
export const contenderTitle = (name: string): string => contenders[name]?.title ?? name;
