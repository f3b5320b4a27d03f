import type { AssertionFile } from '@bearings/oauth-bearer';
import { readVariable } from './environment.ts';
import type { Environment } from './environment.ts';

/** Where a token is mounted. */
export interface TokenFileOptions {
  readonly file: string;
}

/** Containers mount it so that every account can read it, and have no other accounts. */
const mounted = { readableByOthers: true } as const;

/**
 * The service-account token that Kubernetes projects into a pod (`serviceAccountToken` of a projected volume), which it replaces
 * before it expires. Its `audience` must be the authorization server's issuer.
 */
export function kubernetesToken({ file }: TokenFileOptions): AssertionFile {
  return { file, ...mounted };
}

/** The JWT-SVID that spiffe-helper, or another agent of the Workload API, writes. */
export function spiffeToken({ file }: TokenFileOptions): AssertionFile {
  return { file, ...mounted, type: 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe' };
}

/**
 * The token of Microsoft Entra Workload ID in AKS: the file that its webhook names by `AZURE_FEDERATED_TOKEN_FILE`.
 *
 * @throws TokenConfigError when the variable is not set
 */
export function azureFederatedToken({ env }: { readonly env: Environment }): AssertionFile {
  const problem = 'set the label azure.workload.identity/use: "true" on the pod';
  return { file: readVariable(env, 'AZURE_FEDERATED_TOKEN_FILE', problem), ...mounted };
}

/**
 * The web identity token of EKS: the file that it names by `AWS_WEB_IDENTITY_TOKEN_FILE`.
 *
 * @throws TokenConfigError when the variable is not set
 */
export function awsWebIdentityToken({ env }: { readonly env: Environment }): AssertionFile {
  const problem = 'annotate the service account of the pod with eks.amazonaws.com/role-arn';
  return { file: readVariable(env, 'AWS_WEB_IDENTITY_TOKEN_FILE', problem), ...mounted };
}
