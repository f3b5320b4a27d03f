import type { Clock } from '@bearings/client';
import type { Config, OAuth2Auth } from '@bearings/config';
import { readFile } from 'node:fs/promises';
import { failed, skipped } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import { judgeJwt } from './jwt-facts.ts';

/** What the checks read with. */
export interface AssertionContext {
  readonly config: Pick<Config, 'readSecret'>;
  readonly clock: Clock;
}

/** The checks `assertion`, of what a platform signs for the client, and `subject`, of the token or JWT of another party. */
export function assertionChecks(auth: OAuth2Auth, context: AssertionContext): readonly Check[] {
  const { clientAssertion, grant } = auth;
  const reference = grant?.type === 'token_exchange' ? grant.subjectTokenRef : undefined;
  const jwt = grant?.type === 'jwt_bearer' ? grant.assertionRef : undefined;
  return [
    ...(clientAssertion === undefined
      ? []
      : [{ name: 'assertion', dependsOn: [], run: () => checkAssertion(clientAssertion, context) }]),
    ...[reference, jwt].flatMap((each) =>
      each === undefined ? [] : [{ name: 'subject', dependsOn: [], run: () => checkSubject(each, context) }],
    ),
  ];
}

type Assertion = NonNullable<OAuth2Auth['clientAssertion']>;

/** Variables of the platforms that name the file. */
const fileVariables: Readonly<Partial<Record<NonNullable<Assertion['platform']>, string>>> = {
  azure: 'AZURE_FEDERATED_TOKEN_FILE',
  aws: 'AWS_WEB_IDENTITY_TOKEN_FILE',
};

async function checkAssertion({ platform, file }: Assertion, { config, clock }: AssertionContext): Promise<Finding> {
  const variable = platform === undefined ? undefined : fileVariables[platform];
  const named = variable === undefined ? undefined : await config.readSecret(`env:${variable}`);
  const path = named === undefined ? file : named.map((value) => value.expose()).unwrapOr('');
  if (path === '')
    return failed(`${variable} is not set`, `Run it where the platform ${platform} sets it, as in its containers`);
  if (path === undefined) return skipped(`the platform ${platform} is asked for it with the token`);
  const remedy = `Look at what writes the file and renews it: ${writers[platform ?? 'none'] ?? 'the platform'}`;
  try {
    return judgeJwt(await readFile(path, 'utf8'), { place: `file ${path}`, remedy, now: clock.now() });
  } catch (error) {
    return failed(`file ${path} cannot be read (${errorCode(error)})`, remedy);
  }
}

const writers: Readonly<Record<string, string>> = {
  none: 'the service that signs assertions',
  kubernetes: 'a projected volume with serviceAccountToken, its audience and expirationSeconds',
  spiffe: 'spiffe-helper, or the agent of the Workload API',
  azure: 'the webhook of Entra Workload ID',
  aws: 'the webhook of EKS for IAM roles',
};

async function checkSubject(reference: string, { config, clock }: AssertionContext): Promise<Finding> {
  const token = await config.readSecret(reference);
  if (token.isErr()) {
    const [problem] = token.error.problems;
    return failed(`${reference} ${problem?.found ?? 'cannot be read'}`, problem?.expected ?? 'Check the reference');
  }
  const text = token.value.expose();
  if (text.split('.').length !== 3) return skipped(`${reference} exists; it is no JWT, so its end is not known`);
  const remedy = 'Renew the token of the party on whose behalf the request is made';
  return judgeJwt(text, { place: reference, remedy, now: clock.now() });
}
