import { isSecure } from '@bearings/client/layer';
import { TokenConfigError } from '@bearings/oauth-bearer';
import type { AssertionRequest } from '@bearings/oauth-bearer';
import { readVariable } from './environment.ts';
import type { Environment } from './environment.ts';
import { askMetadata, readMember, unavailable } from './metadata.ts';

/** The environment of a job. */
export interface GithubActionsOptions {
  readonly env: Environment;
  /** The audience of the token. Default: that of the client's assertions, the issuer. */
  readonly audience?: string;
}

const name = 'the token service of GitHub Actions';
const problem = 'the job needs permissions: id-token: write';

/**
 * The ID token of a job of GitHub Actions.
 *
 * @throws TokenConfigError when the job may not request one
 */
export function githubActionsToken({
  env,
  audience,
}: GithubActionsOptions): (request: AssertionRequest) => Promise<string> {
  const given = readVariable(env, 'ACTIONS_ID_TOKEN_REQUEST_URL', problem);
  const secret = readVariable(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', problem);
  const base = URL.parse(given);
  if (base === null || !isSecure(base))
    throw new TokenConfigError('env', 'has an ACTIONS_ID_TOKEN_REQUEST_URL that is not https');
  return async (request) => {
    const url = new URL(base);
    url.searchParams.set('audience', audience ?? request.audience);
    const { text } = await askMetadata({ url, headers: { authorization: `Bearer ${secret}` }, name });
    const value = readMember(text, 'value');
    if (value === undefined) throw unavailable(name, 'answered without a token');
    return value;
  };
}
