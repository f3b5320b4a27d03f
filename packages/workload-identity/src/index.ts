export { awsWebIdentityToken, azureFederatedToken, kubernetesToken, spiffeToken } from './files.ts';
export type { TokenFileOptions } from './files.ts';
export type { Environment } from './environment.ts';
export { githubActionsToken } from './github-actions.ts';
export type { GithubActionsOptions } from './github-actions.ts';
export { azureManagedIdentityToken } from './azure-managed-identity.ts';
export type { AzureManagedIdentityOptions } from './azure-managed-identity.ts';
export { googleIdentityToken } from './google-identity.ts';
export type { GoogleIdentityOptions } from './google-identity.ts';
