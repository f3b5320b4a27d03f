import { createClient, formatHttpError, isBearingsError, profiles } from '@bearings/client';
import { discard } from '@bearings/client/layer';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
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
  const certificate = settings?.certFile === undefined ? [] : [certificateCheck(settings.certFile, endpoint)];
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

function certificateCheck(file: string, { clock }: Endpoint): Check {
  const run = async (): Promise<Finding> => {
    const { validTo } = new X509Certificate(await readFile(file));
    const remedy = 'Renew the files of certFile and keyFile in network';
    return Date.parse(validTo) <= clock.now()
      ? failed(`certFile has expired: ${validTo}`, remedy)
      : ok(`certFile is valid until ${validTo}`);
  };
  return { name: 'certificate', dependsOn: [], run };
}

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

function serverRemedy(
  error: unknown,
  { hostname: host, protocol }: URL,
  { proxy, settings }: Pick<Route, 'proxy' | 'settings'>,
): string {
  const message = error instanceof Error ? error.message : '';
  if (proxy !== undefined && message.includes(`the proxy ${proxy.url} failed`)) {
    return `Correct ${proxy.from}, with its user and password, or ask the operator of the proxy to allow ${host}`;
  }
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
  return 'Ask the operator of the server why the connection fails';
}
