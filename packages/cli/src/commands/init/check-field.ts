import { configSchema } from '@bearings/config';

/** Checks single answers with the schema of the config; `undefined` for a valid answer. */
export const checkField = {
  name: (answer: string): string | undefined =>
    firstProblem(1, { [answer]: { baseUrl: validUrl, auth: { type: 'none' } } }),
  baseUrl: (answer: string): string | undefined =>
    firstProblem(2, { probe: { baseUrl: answer, auth: { type: 'none' } } }),
  /** Checks a field of `oauth2_client_credentials`. */
  oauth2: (field: string, answer: unknown): string | undefined => {
    const auth = { type: 'oauth2_client_credentials', clientId: 'probe', clientAuthMethod: 'none', [field]: answer };
    const endpoint = field === 'issuerUrl' || field === 'tokenUrl' ? {} : { tokenUrl: validUrl };
    return firstProblem(3, { probe: { baseUrl: validUrl, auth: { ...endpoint, ...auth } } });
  },
  username: (answer: string): string | undefined =>
    firstProblem(3, {
      probe: { baseUrl: validUrl, auth: { type: 'basic', username: answer, passwordRef: 'env:PROBE' } },
    }),
  header: (answer: string): string | undefined =>
    firstProblem(3, { probe: { baseUrl: validUrl, auth: { type: 'api_key', header: answer, keyRef: 'env:PROBE' } } }),
  variable: (answer: string): string | undefined =>
    /^[A-Za-z_]\w*$/.test(answer)
      ? undefined
      : 'must be the name of a variable: letters, digits and _, not starting with a digit',
} as const;

const validUrl = 'https://probe.example';

/** The first problem at this depth of the document or below. */
function firstProblem(depth: number, clients: Readonly<Record<string, unknown>>): string | undefined {
  const parsed = configSchema.safeParse({ clients });
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues.filter(({ path }) => path.length > depth);
  if (issue === undefined) return parsed.error.issues[0]?.message;
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}
