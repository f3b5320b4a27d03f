import { isSecure } from '@bearings/client/layer';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Place } from './place.ts';
import type { Handshake } from './probes.ts';
import { causeOfDistrust } from './tls-distrust.ts';

/** TLS: the certificate is trusted and does not end soon. */
export function tlsCheck(place: Place, connection: Check): Check {
  return { name: 'TLS', needs: [connection], run: () => greet(place) };
}

const dayMs = 86_400_000;
const soonDays = 14;

async function greet(place: Place): Promise<Finding> {
  const { url, clock, handshake } = place;
  if (url.protocol === 'http:' && isSecure(url)) return skipped('not needed: http does not leave this machine');
  if (url.protocol === 'http:') {
    return warning('none: credentials travel in clear', 'Use https, unless a mesh does TLS between here and there');
  }
  try {
    return judged(await handshake(), { host: place.address.host, now: clock.now() });
  } catch (error) {
    const code = errorCode(error);
    const { cause, remedy } = isNoTls.test(code) ? notTls : other;
    return failed(`${cause} (${code})`, remedy);
  }
}

/** What OpenSSL says of an answer that is plain text. */
const isNoTls = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/;
const notTls = {
  cause: 'what answers there does not speak TLS',
  remedy: 'Correct the port, or use http on this machine',
};
const other = {
  cause: 'the handshake broke off',
  remedy: 'Ask those who run the server: it may want another TLS version, or a client certificate',
};

function judged(handshake: Handshake, { host, now }: { readonly host: string; readonly now: number }): Finding {
  const { protocol, distrust, subject, issuer, endsAt } = handshake;
  const whose = `the certificate of ${subject}, issued by ${subject === issuer ? 'itself' : issuer},`;
  if (distrust !== undefined) {
    const { cause, remedy } = causeOfDistrust(distrust, { host, endsAt });
    return failed(`${whose} is not trusted: ${cause} (${distrust})`, remedy);
  }
  const days = Math.floor((endsAt - now) / dayMs);
  const end = days < 1 ? 'ends within a day' : `ends in ${days === 1 ? 'a day' : `${days} days`}`;
  if (days < soonDays) {
    return warning(`${protocol}; ${whose} ${end}`, 'Have it renewed, or see why its renewal did not happen');
  }
  return ok(`${protocol}; ${whose} ${end}`);
}
