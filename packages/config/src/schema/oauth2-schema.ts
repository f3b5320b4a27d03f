import { Token } from '@bearings/oauth-bearer';
import type { z } from 'zod';
import { isObject, isSchemeAllowed } from './field-schemas.ts';
import { oauth2Fields } from './oauth2-fields.ts';
import type { OAuth2Auth } from './oauth2-fields.ts';
import { toTokenConfig } from './token-config.ts';

/** A rule about several fields. Each of them may be invalid on its own. */
interface FieldRule {
  readonly isBroken: (auth: OAuth2Auth) => boolean;
  readonly field?: keyof OAuth2Auth;
  readonly found: string;
  readonly expected: string;
}

const secretMethods: ReadonlySet<unknown> = new Set(['client_secret_basic', 'client_secret_post']);

const isSecretMethod = ({ clientAuthMethod, privateKeyRef }: OAuth2Auth): boolean =>
  clientAuthMethod === undefined ? privateKeyRef === undefined : secretMethods.has(clientAuthMethod);

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
  {
    isBroken: ({ clientSecretRef, privateKeyRef }) => clientSecretRef !== undefined && privateKeyRef !== undefined,
    found: 'has both clientSecretRef and privateKeyRef',
    expected: 'must have one of them',
  },
  {
    isBroken: (auth) => isSecretMethod(auth) && auth.clientSecretRef === undefined,
    field: 'clientSecretRef',
    found: 'is missing',
    expected: 'must be set, unless clientAuthMethod: none is set',
  },
  {
    isBroken: ({ clientAuthMethod, privateKeyRef }) => clientAuthMethod === 'private_key_jwt' && !privateKeyRef,
    field: 'privateKeyRef',
    found: 'is missing',
    expected: 'must be set for clientAuthMethod: private_key_jwt',
  },
  {
    isBroken: ({ clientAuthMethod, clientSecretRef, privateKeyRef }) =>
      clientAuthMethod === 'none' && (clientSecretRef ?? privateKeyRef) !== undefined,
    field: 'clientAuthMethod',
    found: 'has the value none although there is a secret or a key',
    expected: 'change it, or remove the secret or key',
  },
  {
    isBroken: ({ metadataUrl, issuerUrl }) => metadataUrl !== undefined && issuerUrl === undefined,
    field: 'metadataUrl',
    found: 'is set without issuerUrl',
    expected: 'needs issuerUrl, which the metadata must name',
  },
  {
    isBroken: ({ certificateFile, privateKeyRef }) => certificateFile !== undefined && privateKeyRef === undefined,
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
  const config = { ...toTokenConfig(auth), certificate: undefined };
  const probe = Token.onDemand({ ...config, clientSecret: 'a secret', clientAuthMethod: undefined });
  if (probe.isOk()) return;
  const { field, message } = probe.error;
  const path = [configNames.get(field) ?? field];
  context.addIssue({ code: 'custom', path, params: { found: message.slice(field.length + 1), expected: '' } });
}

const configNames: ReadonlyMap<string, string> = new Map([
  ['tokenEndpoint', 'tokenUrl'],
  ['extraHeaders', 'headers'],
]);

/** The schema of `oauth2_client_credentials`. */
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
  .describe('A token from the client credentials grant, renewed and rotated automatically.');
