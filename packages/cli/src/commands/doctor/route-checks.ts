import { createClient, formatHttpError, isBearingsError, profiles } from '@bearings/client';
import { discard } from '@bearings/client/layer';
import { certificateCheck } from './certificate-check.ts';
import { describeCertificateError } from './certificate-errors.ts';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';
import { describeTlsAlert } from './tls-alerts.ts';
import { connectivityChecks } from './connectivity-checks.ts';
import { dnsCheck } from './dns-check.ts';
import type { Endpoint } from './endpoint.ts';
import type { Route, RouteProxy } from './route.ts';
import { tcpCheck } from './tcp-check.ts';

/** The checks of the way that requests to an endpoint take. Without a route, those of the endpoint itself. */
export function routeChecks(
  endpoint: Endpoint,
  route: Route | undefined,
  findEndpoint: (url: string) => Endpoint,
): readonly Check[] {
  if (route === undefined) return connectivityChecks(endpoint);
  const { proxy, settings } = route;
  const dns = proxy === undefined ? dnsCheck(endpoint) : ofProxy(dnsCheck(findEndpoint(proxy.url)), proxy);
  const first = proxy === undefined ? endpoint : findEndpoint(proxy.url);
  const tcp = proxy === undefined ? tcpCheck(first, dns) : ofProxy(tcpCheck(first, dns), proxy);
  const certificate = settings?.certFile === undefined ? [] : [certificateCheck(settings, endpoint.clock)];
  const dependsOn = [tcp, ...certificate];
  const server: Check = { name: 'server', dependsOn, run: () => checkServer(endpoint, route) };
  return [dns, tcp, ...certificate, server];
}

/** A check of the proxy, whose remedy names where the proxy comes from. */
const ofProxy = (check: Check, { url, from }: RouteProxy): Check => ({
  ...check,
  name: `proxy ${check.name}`,
  async run() {
    const { verdict, message } = await check.run();
    if (verdict !== 'failed') return ok(`${message}; ${from} names this proxy`);
    return failed(`the proxy ${url}: ${message}`, `Correct ${from}, or ask the operator of the proxy`);
  },
});

/** After the TLS handshake, a server closes a connection without a client certificate; undici does not tell the alert. */
const closedCodes: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET']);
const missingCertificate =
  'The server closes the connection after the handshake: if it requires a client certificate, set certFile and keyFile in network';

/** OpenSSL's codes for a chain that ends at no trusted authority. */
const untrusted = /SELF_SIGNED|UNABLE_TO_GET_ISSUER/;

const limits = { timeout: 10_000, totalTimeout: 20_000 };

/** Sends HEAD to the server, without a credential, by the client's own transport. Any response shows that the way works. */
async function checkServer({ url, clock }: Endpoint, { transport, proxy, settings }: Route): Promise<Finding> {
  await using client = createClient({ ...profiles.proxy, ...limits, insecureHttp: true, clock }, transport);
  try {
    await discard(await client.fetch(url.origin, { method: 'HEAD' }));
    return ok(`${url.host} answers${proxy === undefined ? '' : ` through the proxy ${proxy.url}`}`);
  } catch (error) {
    return failed(formatHttpError(error), serverRemedy(error, url, { proxy, settings }));
  }
}

/** OpenSSL's codes for an answer in plain text. */
const plainTextCodes = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/;

interface ProxyContext extends Pick<Route, 'settings'> {
  /** The host that is called. */
  readonly host: string;
}

/** A proxy that wants TLS closes the connection, or answers with what is not HTTP, to a CONNECT in plain text. */
function proxyRemedy(error: unknown, { url, from }: RouteProxy, { host, settings }: ProxyContext): string {
  const reason = isBearingsError(error, 'TLS') || isBearingsError(error, 'TRANSPORT') ? error.reason : '';
  if (url.startsWith('https:') && plainTextCodes.test(reason))
    return `Set the scheme of ${from} to http: the proxy itself speaks no TLS`;
  if (url.startsWith('https:') && isBearingsError(error, 'TLS'))
    return `Set caFile in network to the authority of the proxy, or correct the host in ${from}`;
  if (url.startsWith('http:') && (closedCodes.has(reason) || /^(?:HPE_.*|UNKNOWN)$/.test(reason)))
    return `Set the scheme of ${from} to https if the proxy wants TLS of its own, or correct its port: it does not answer as a proxy`;
  const isRefused = error instanceof Error && error.message.includes('answered 407');
  if (!isRefused) return `Correct ${from}, or ask the operator of the proxy to allow ${host}`;
  if (!from.startsWith('network'))
    return `Put the user and the password that the proxy requires into the URL in ${from}, or correct them`;
  return settings?.proxyUser === undefined
    ? 'Set proxyUser and proxyPasswordRef in network: the proxy requires a user and a password'
    : 'Correct proxyUser, or the password behind proxyPasswordRef, in network: the proxy refuses them';
}

function serverRemedy(
  error: unknown,
  { hostname: host, protocol }: URL,
  { proxy, settings }: Pick<Route, 'proxy' | 'settings'>,
): string {
  const message = error instanceof Error ? error.message : '';
  if (proxy !== undefined && message.includes(`the proxy ${proxy.url} failed`))
    return proxyRemedy(error, proxy, { host, settings });
  if (isBearingsError(error, 'TLS')) {
    const alert = describeTlsAlert(error.reason);
    if (alert !== undefined) return alert.remedy;
    if (untrusted.test(error.reason)) {
      return settings === undefined
        ? 'If this is your own certificate authority, trust it: caFile in network of the config'
        : 'Set caFile in network to the authority that issued the certificate of the server';
    }
    return describeCertificateError(error.reason, { host, endsAt: 0 }).remedy;
  }
  const isClosed = isBearingsError(error, 'TRANSPORT') && closedCodes.has(error.reason);
  if (isClosed && protocol === 'https:' && settings?.certFile === undefined) return missingCertificate;
  if (isClosed && protocol === 'http:')
    return 'Write https: in the URL if this port speaks TLS; else ask the operator of the server';
  return 'Ask the operator of the server why the connection fails';
}
