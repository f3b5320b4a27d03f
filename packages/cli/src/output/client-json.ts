import type { ClientConfig } from '@bearings/config';
import { credentialSource } from '../config/credential-source.ts';

/** A client in the output of `--json`. Fields may be added, not removed. Holds no secret. */
export interface JsonClient {
  readonly name: string;
  readonly baseUrl: string;
  readonly profile: string;
  readonly auth: {
    /** As in the config. */
    readonly type: string;
    /** The issuer, the token endpoint, or the reference to a static secret; null for `none`. */
    readonly from: string | null;
    /** Of an OAuth client; otherwise null. */
    readonly clientId: string | null;
    readonly scopes: readonly string[];
  };
}

/** The JSON form of a client. */
export function toJsonClient(name: string, { baseUrl, profile = 'default', auth }: ClientConfig): JsonClient {
  const from = credentialSource(auth);
  return {
    name,
    baseUrl,
    profile,
    auth: {
      type: auth.type,
      from: from === '' ? null : from,
      clientId: 'clientId' in auth ? auth.clientId : null,
      scopes: 'scopes' in auth ? (auth.scopes ?? []) : [],
    },
  };
}
