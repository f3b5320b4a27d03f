import type { Layer } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { Token } from '@bearings/oauth-bearer';
import type { z } from 'zod';
import { isCertificateMethod, usesCertificate } from './client-certificate.ts';
import { isObject, isSchemeAllowed } from './field-schemas.ts';
import { oauth2Fields } from './oauth2-fields.ts';
import type { OAuth2Auth } from './oauth2-fields.ts';
import { toGrantConfig, toTokenConfig } from './token-config.ts';
import type { TokenSecrets } from './token-config.ts';

/** A rule about several fields. Each of them may be invalid on its own. */
interface FieldRule {
  readonly isBroken: (auth: OAuth2Auth) => boolean;
  readonly field?: keyof OAuth2Auth;
  readonly found: string;
  readonly expected: string;
}

/** Each of them says who the client is. */
const proofs = ['clientSecretRef', 'privateKeyRef', 'clientAssertion'] as const;

/** Each pair of them. */
const proofPairs = proofs.flatMap((one, place) => proofs.slice(place + 1).map((other) => [one, other] as const));

const secretMethods: ReadonlySet<unknown> = new Set(['client_secret_basic', 'client_secret_post']);

const isSecretMethod = ({ clientAuthMethod, privateKeyRef, clientAssertion }: OAuth2Auth): boolean =>
  clientAuthMethod === undefined
    ? (privateKeyRef ?? clientAssertion) === undefined
    : secretMethods.has(clientAuthMethod);

const isHttp = (url: unknown): boolean => typeof url === 'string' && URL.parse(url)?.protocol === 'http:';

const rules: readonly FieldRule[] = [
  {
    isBroken: ({ issuerUrl, tokenUrl }) => issuerUrl !== undefined && tokenUrl !== undefined,
    found: 'has both issuerUrl and tokenUrl',
    expected: 'must have one of them',
  },
  {
    isBroken: ({ issuerUrl, tokenUrl }) => issuerUrl === undefined && tokenUrl === undefined,
    found: 'has neither issuerUrl nor tokenUrl',
    expected: 'must have one of them',
  },
  ...proofPairs.map(([one, other]) => ({
    isBroken: (auth: OAuth2Auth) => auth[one] !== undefined && auth[other] !== undefined,
    found: `has both ${one} and ${other}`,
    expected: 'must have one of them',
  })),
  {
    isBroken: (auth) =>
      isSecretMethod(auth) && auth.clientSecretRef === undefined && auth.clientAssertion === undefined,
    field: 'clientSecretRef',
    found: 'is missing',
    expected: 'must be set, or privateKeyRef, clientAssertion, or clientAuthMethod: tls_client_auth or none',
  },
  {
    isBroken: ({ clientAuthMethod, privateKeyRef, clientAssertion }) =>
      clientAuthMethod === 'private_key_jwt' && (privateKeyRef ?? clientAssertion) === undefined,
    field: 'privateKeyRef',
    found: 'is missing',
    expected: 'must be set for clientAuthMethod: private_key_jwt, or clientAssertion',
  },
  {
    isBroken: (auth) => auth.clientAuthMethod === 'none' && proofs.some((proof) => auth[proof] !== undefined),
    field: 'clientAuthMethod',
    found: 'has the value none although there is a secret, a key or an assertion',
    expected: 'change it, or remove the other',
  },
  {
    isBroken: ({ clientAuthMethod, clientAssertion }) =>
      secretMethods.has(clientAuthMethod) && clientAssertion !== undefined,
    field: 'clientAuthMethod',
    found: 'is a method with a secret, and there is an assertion',
    expected: 'remove it: private_key_jwt is the default with an assertion',
  },
  {
    isBroken: (auth) => isCertificateMethod(auth.clientAuthMethod) && proofs.some((proof) => auth[proof] !== undefined),
    field: 'clientAuthMethod',
    found: 'is a method with the certificate of network, and there is a secret, a key or an assertion',
    expected: 'change it, or remove the other',
  },
  {
    isBroken: ({ clientAuthMethod, certificateFile }) =>
      isCertificateMethod(clientAuthMethod) && certificateFile !== undefined,
    field: 'certificateFile',
    found: 'has no effect with this clientAuthMethod',
    expected: 'remove it: the certificate is certFile of network',
  },
  {
    isBroken: ({ certificateBoundTokens, dpop = false }) => certificateBoundTokens === true && dpop !== false,
    field: 'certificateBoundTokens',
    found: 'is true, and there is dpop',
    expected: 'remove one of them: a token is bound to one key',
  },
  {
    isBroken: ({ profile, dpop = false, certificateBoundTokens }) =>
      profile === 'fapi2' && dpop === false && certificateBoundTokens !== true,
    field: 'profile',
    found: 'is fapi2, and tokens are bound neither to a key nor to a certificate',
    expected: 'set dpop: true or certificateBoundTokens: true (FAPI 2.0 §5.3)',
  },
  ...(['issuerUrl', 'tokenUrl'] as const).map((field) => ({
    isBroken: (auth: OAuth2Auth) => usesCertificate(auth) && isHttp(auth[field]),
    field,
    found: 'is http, which has no client certificate',
    expected: 'must be https',
  })),
  {
    isBroken: ({ metadataUrl, issuerUrl }) => metadataUrl !== undefined && issuerUrl === undefined,
    field: 'metadataUrl',
    found: 'is set without issuerUrl',
    expected: 'needs issuerUrl, which the metadata must name',
  },
  {
    isBroken: ({ certificateFile, privateKeyRef, clientAuthMethod }) =>
      certificateFile !== undefined && privateKeyRef === undefined && !isCertificateMethod(clientAuthMethod),
    field: 'certificateFile',
    found: 'is set without privateKeyRef',
    expected: 'needs privateKeyRef, whose certificate it is',
  },
  ...(['issuerUrl', 'metadataUrl', 'tokenUrl'] as const).map((field) => ({
    isBroken: (auth: OAuth2Auth) => !isSchemeAllowed(auth[field], auth.insecureHttp),
    field,
    found: 'is http beyond loopback',
    expected: 'must be https; insecureHttp: true allows http',
  })),
];

/** Rules that only Token knows. Checked when the schema itself is satisfied. */
function checkToken(auth: OAuth2Auth, context: z.core.$RefinementCtx): void {
  if (context.issues.length > 0) return;
  const network = usesCertificate(auth) ? { network: certificateNetwork } : {};
  const probe = Token.onDemand({ ...toTokenConfig(auth, probeSecrets(auth)), ...network });
  if (probe.isOk()) return;
  const { field, message } = probe.error;
  const found = message.slice(field.length + 1).replace(codeName, (name) => configNames.get(name) ?? name);
  const path = field.split('.').map((name) => configNames.get(name) ?? name);
  context.addIssue({ code: 'custom', path, params: { found, expected: '' } });
}

/** A network with a certificate, in place of the client's: `checkClients` has the rule that there is one. */
const certificateNetwork: Layer = {
  ...layer('transport', 'probe', (next) => next),
  clientCertificate: () => Promise.reject(new TypeError('The probe requests no token')),
};

/** Something in place of each secret, which is read when a token is requested and not before. */
const probeSecrets = ({ clientSecretRef, privateKeyRef, clientAssertion, grant, dpop }: OAuth2Auth): TokenSecrets => ({
  ...(clientSecretRef !== undefined && { clientSecret: 'a secret' }),
  ...(privateKeyRef !== undefined && { privateKey: { file: 'probe' } }),
  ...(clientAssertion !== undefined && { clientAssertion: () => '' }),
  grant: grant && toGrantConfig(grant, { readToken: () => () => '', privateKey: { file: 'probe' } }),
  dpop: dpop !== undefined && dpop !== false,
});

/** Names of options that have another one in a config. */
const configNames: ReadonlyMap<string, string> = new Map([
  ['tokenEndpoint', 'tokenUrl'],
  ['extraHeaders', 'headers'],
  ['clientSecret', 'clientSecretRef'],
  ['privateKey', 'privateKeyRef'],
]);

const codeName = new RegExp(`\\b(?:${[...configNames.keys()].join('|')})\\b`, 'g');

/** The schema of an `auth` that requests tokens for the client. */
export const oauth2Schema = oauth2Fields
  .superRefine(
    (auth, context) => {
      for (const { isBroken, field, found, expected } of rules) {
        const path = field === undefined ? [] : [field];
        if (isBroken(auth)) context.addIssue({ code: 'custom', path, message: expected, params: { found } });
      }
    },
    { when: isObject },
  )
  .superRefine(checkToken)
  .describe(
    'A token that the client requests, renewed and rotated automatically: by the client credentials grant, or as `grant` says.',
  );
