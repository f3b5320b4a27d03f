import { toBase64url } from '../sealing/base64.ts';

const nameKey = new TextEncoder().encode('bearings/token-store/key/1');

/**
 * The name under which a token is stored: an HMAC of everything that decides which token it is, so that a store shows
 * neither client nor scopes. The same for every sealing key: a new key must not part the replicas.
 */
export async function storeKey(identity: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(identity));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', nameKey, algorithm, false, ['sign']);
  return toBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)));
}
