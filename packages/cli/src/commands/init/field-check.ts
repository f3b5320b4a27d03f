import { configSchema } from '@bearings/config';

/** What the config's own schema says about single answers; `undefined` when it has nothing against one. */
export const fieldCheck = {
  name: (answer: string): string | undefined => flawAt(1, { [answer]: { baseUrl: known, auth: { type: 'none' } } }),
  baseUrl: (answer: string): string | undefined => flawAt(2, { probe: { baseUrl: answer, auth: { type: 'none' } } }),
  /** A field of an auth by client credentials. */
  oauth2: (field: string, answer: unknown): string | undefined => {
    const auth = { type: 'oauth2_client_credentials', clientId: 'probe', clientAuthMethod: 'none', [field]: answer };
    const endpoint = field === 'issuerUrl' || field === 'tokenUrl' ? {} : { tokenUrl: known };
    return flawAt(3, { probe: { baseUrl: known, auth: { ...endpoint, ...auth } } });
  },
  username: (answer: string): string | undefined =>
    flawAt(3, { probe: { baseUrl: known, auth: { type: 'basic', username: answer, passwordRef: 'env:PROBE' } } }),
  header: (answer: string): string | undefined =>
    flawAt(3, { probe: { baseUrl: known, auth: { type: 'api_key', header: answer, keyRef: 'env:PROBE' } } }),
  variable: (answer: string): string | undefined =>
    /^[A-Za-z_]\w*$/.test(answer) ? undefined : 'the name of a variable: letters, digits and _, no digit first',
} as const;

const known = 'https://probe.example';

/** The first flaw at this depth of the document or below. */
function flawAt(depth: number, clients: Readonly<Record<string, unknown>>): string | undefined {
  const parsed = configSchema.safeParse({ clients });
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues.filter(({ path }) => path.length > depth);
  if (issue === undefined) return parsed.error.issues[0]?.message;
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}
