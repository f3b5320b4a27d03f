import { z } from 'zod';
import { tokenFile } from '../secrets/secret-schema.ts';
import { httpUrl, isObject, nonBlankText } from './field-schemas.ts';

const platforms = [
  'kubernetes',
  'spiffe',
  'github-actions',
  'azure',
  'azure-managed-identity',
  'google',
  'aws',
] as const;

const fields = z.strictObject({
  platform: z
    .enum(platforms)
    .optional()
    .describe(
      'Who signs the assertion: `kubernetes` (projected service-account token), `spiffe` (JWT-SVID), `github-actions`, `azure` (Entra ' +
        'Workload ID in AKS), `azure-managed-identity`, `google` (metadata service), `aws` (web identity of EKS). Default: none, so the JWT in `file` is sent as it is.',
    ),
  file: tokenFile
    .optional()
    .describe(
      'The file with the JWT, which is read for each token request. Without a platform, for `kubernetes` and `spiffe`.',
    )
    .meta({ examples: ['/var/run/secrets/tokens/id'] }),
  type: z
    .string()
    .regex(/^urn:[\x21-\x7e]+$/, 'must be a URN')
    .optional()
    .describe('The `client_assertion_type`, for `file` without a platform. Default: that of a JWT.')
    .meta({ examples: ['urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'] }),
  audience: nonBlankText
    .optional()
    .describe('The audience of the token, for `github-actions` and `google`. Default: that of the assertions.'),
  resource: nonBlankText
    .optional()
    .describe('What the token is for, for `azure-managed-identity`.')
    .meta({ default: 'api://AzureADTokenExchange' }),
  clientId: nonBlankText
    .optional()
    .describe('A user-assigned identity, for `azure-managed-identity`. Default: the system-assigned one.'),
  account: nonBlankText
    .optional()
    .describe('The e-mail address of the service account, for `google`. Default: that of the machine.'),
  endpoint: httpUrl
    .optional()
    .describe("The metadata service, for `azure-managed-identity` and `google`. Default: the platform's address."),
});

/** Who signs the client's assertions. File names, not secrets. */
export type ClientAssertionFields = z.output<typeof fields>;

/** The fields of each platform. */
const usedFields: ReadonlyMap<string, readonly string[]> = new Map<
  (typeof platforms)[number] | 'none',
  readonly (keyof ClientAssertionFields)[]
>([
  ['none', ['file', 'type']],
  ['kubernetes', ['file']],
  ['spiffe', ['file']],
  ['github-actions', ['audience']],
  ['azure', []],
  ['azure-managed-identity', ['resource', 'clientId', 'endpoint']],
  ['google', ['audience', 'account', 'endpoint']],
  ['aws', []],
]);

/** The schema of `clientAssertion`. */
export const clientAssertionSchema = fields.superRefine(
  ({ platform = 'none', ...others }, context) => {
    const allowed = usedFields.get(platform);
    if (allowed === undefined) return; // the field reports another platform
    const wrong = (field: string, found: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message, params: { found } });
    const where = platform === 'none' ? 'without a platform' : `with platform: ${platform}`;
    const right = allowed.length === 0 ? 'it has no other field' : `its fields are ${allowed.join(', ')}`;
    for (const [name, value] of Object.entries(others)) {
      if (value !== undefined && !allowed.includes(name)) wrong(name, `has no effect ${where}`, `remove it: ${right}`);
    }
    if (allowed.includes('file') && others.file === undefined)
      wrong('file', 'is missing', platform === 'none' ? 'set it, or a platform' : `must be set ${where}`);
  },
  { when: isObject },
);
