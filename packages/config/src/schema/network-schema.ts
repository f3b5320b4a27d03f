import { z } from 'zod';
import { certificateFile, keyFile, secretReference } from '../secrets/secret-schema.ts';
import { isObject, nonBlankText, text } from './field-schemas.ts';

const proxyUrl = text.superRefine((value, context) => {
  if (value === 'env') return;
  const url = URL.parse(value);
  const wrong = (found: string, message: string): void =>
    context.addIssue({ code: 'custom', message, params: { found } });
  if (url === null || !/^(?:https?|socks5):$/.test(url.protocol)) {
    return wrong('is not the URL of a proxy', 'must be env, or a URL such as http://proxy.internal:3128');
  }
  if (url.username !== '' || url.password !== '') {
    return wrong('contains a user or a password', 'remove it and use proxyUser and proxyPasswordRef');
  }
});

const fields = z.strictObject({
  proxy: proxyUrl
    .optional()
    .describe('The URL of a proxy, or `env` for `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Default: no proxy.')
    .meta({ examples: ['http://proxy.internal:3128'] }),
  proxyUser: nonBlankText.optional().describe('The user at the proxy.'),
  proxyPasswordRef: secretReference.optional().describe('Reference to the password at the proxy. It is read once.'),
  caFile: certificateFile
    .optional()
    .describe("The authorities to trust, PEM, in place of the system's. For a proxy with `https:` too.")
    .meta({ examples: ['/etc/tls/ca.pem'] }),
  certFile: certificateFile
    .optional()
    .describe('The client certificate, PEM, for servers that require one (mTLS).')
    .meta({ examples: ['/etc/tls/tls.crt'] }),
  keyFile: keyFile
    .optional()
    .describe('The private key of `certFile`, PEM.')
    .meta({ examples: ['/etc/tls/tls.key'] }),
  keyPassphraseRef: secretReference.optional().describe('Reference to the passphrase of an encrypted `keyFile`.'),
});

/** How connections are made. References and file names, not secrets. */
export type NetworkConfig = z.output<typeof fields>;

/** A field that needs another one. */
const needs: readonly (readonly [keyof NetworkConfig, keyof NetworkConfig])[] = [
  ['certFile', 'keyFile'],
  ['keyFile', 'certFile'],
  ['keyPassphraseRef', 'keyFile'],
  ['proxyUser', 'proxy'],
  ['proxyUser', 'proxyPasswordRef'],
  ['proxyPasswordRef', 'proxyUser'],
];

/** The schema of `network`. */
export const networkSchema = fields.superRefine(
  (network, context) => {
    for (const [given, needed] of needs) {
      if (network[given] === undefined || network[needed] !== undefined) continue;
      const message = `must be set, because ${given} needs it`;
      context.addIssue({ code: 'custom', path: [needed], message, params: { found: 'is missing' } });
    }
    if (network.proxy !== 'env' || network.proxyUser === undefined) return;
    const message = 'remove it: with proxy: env, user and password are in the variable';
    context.addIssue({ code: 'custom', path: ['proxyUser'], message, params: { found: 'has no effect' } });
  },
  { when: isObject },
);
