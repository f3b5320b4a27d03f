import { layer, withBody } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import { parseObject } from '../sources/parse-object.ts';
import type { DpopKey } from './dpop-key.ts';
import { addProof } from './sign-requests.ts';

/**
 * Signs each token request that has a key (RFC 9449 §5). One that is answered with `use_dpop_nonce` is sent once more with that nonce
 * (§8), through client authentication again: servers accept an assertion once.
 */
export function withTokenRequestProof(readKey: () => DpopKey | undefined): Layer {
  return layer('auth', 'dpop', (next) => async (request, call) => {
    const key = readKey();
    if (key === undefined) return next(request, call);
    let nonce: string | undefined;
    call.sendSigned = async (signed, current, send) => {
      await addProof(key, signed, { call: current, nonce });
      const response = await send(signed, current);
      nonce = key.keepNonce(signed.url, response.headers);
      return response;
    };
    const response = await next(request, call);
    if (nonce === undefined || (response.status !== 400 && response.status !== 401)) return response;
    const body = await response.text();
    if (parseObject(body)?.['error'] !== 'use_dpop_nonce') return withBody(response, body);
    return next(request, call);
  });
}
