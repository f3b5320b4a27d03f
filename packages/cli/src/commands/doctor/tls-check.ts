import { isSecure } from '@bearings/client/layer';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Endpoint } from './endpoint.ts';
import type { Handshake } from './probes.ts';
import { describeEnd } from './certificate-end.ts';
import { describeCertificateError } from './certificate-errors.ts';
import { describeTlsAlert } from './tls-alerts.ts';

/** The check `TLS`: is the certificate trusted, and does it stay valid for two weeks? */
export function tlsCheck(endpoint: Endpoint, tcp: Check): Check {
  return { name: 'TLS', dependsOn: [tcp], run: () => checkHandshake(endpoint) };
}

async function checkHandshake(endpoint: Endpoint): Promise<Finding> {
  const { url, clock, handshake } = endpoint;
  if (url.protocol === 'http:' && isSecure(url)) return skipped('not needed: http to this machine');
  if (url.protocol === 'http:') {
    return warning(
      'none: credentials are sent unencrypted',
      'Use https, unless a service mesh encrypts the connection',
    );
  }
  try {
    return toFinding(await handshake(), { host: endpoint.address.host, now: clock.now() });
  } catch (error) {
    const code = errorCode(error);
    const { cause, remedy } = describeTlsAlert(code) ?? handshakeFailure(code);
    return failed(`${cause} (${code})`, remedy);
  }
}

function handshakeFailure(code: string): typeof notTls {
  if (code === 'ETIMEDOUT') return silentPort;
  return plainTextCodes.test(code) ? notTls : brokenHandshake;
}

/** OpenSSL's codes for an answer in plain text. */
const plainTextCodes = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/;
const notTls = {
  cause: 'the server does not use TLS',
  remedy: 'Correct the port; for a server on this machine use http',
};
const silentPort = {
  cause: 'the server accepts the connection, and then stays silent: no TLS handshake within 5 s',
  remedy:
    'Correct host and port: another service may listen there. Or a firewall or proxy on the way drops what follows the connection',
};
const brokenHandshake = {
  cause: 'the handshake failed',
  remedy: 'Ask the operator of the server: it may require another TLS version, or a client certificate',
};

function toFinding(handshake: Handshake, { host, now }: { readonly host: string; readonly now: number }): Finding {
  const { protocol, trustError, subject, issuer, endsAt } = handshake;
  const certificate = `the certificate of ${subject}, issued by ${subject === issuer ? 'itself' : issuer},`;
  if (trustError !== undefined) {
    const { cause, remedy } = describeCertificateError(trustError, { host, endsAt });
    return failed(`${certificate} is not trusted: ${cause} (${trustError})`, remedy);
  }
  const { end, isSoon } = describeEnd(endsAt, now);
  if (isSoon) {
    return warning(
      `${protocol}; ${certificate} ${end}`,
      'Renew the certificate, or find out why its automatic renewal failed',
    );
  }
  return ok(`${protocol}; ${certificate} ${end}`);
}
