import { dnsCheck } from './dns-check.ts';
import type { Check } from './check.ts';
import { tcpCheck } from './tcp-check.ts';
import type { Endpoint } from './endpoint.ts';
import { tlsCheck } from './tls-check.ts';

/** The three checks below HTTP: DNS, TCP and TLS. Every request to the endpoint depends on them. */
export function connectivityChecks(endpoint: Endpoint): readonly Check[] {
  const dns = dnsCheck(endpoint);
  const tcp = tcpCheck(endpoint, dns);
  return [dns, tcp, tlsCheck(endpoint, tcp)];
}
