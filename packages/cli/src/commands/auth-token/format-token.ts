import type { AccessToken } from '@bearings/oauth-bearer';
import { printableJson } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';

/** How a token is printed. */
export type TokenForm = 'text' | 'json' | 'exec-credential';

/** A token and whose it is. */
export interface PrintedToken {
  readonly client: string;
  readonly token: AccessToken;
  readonly scopes: readonly string[];
}

/**
 * The text of a token in one of its forms.
 *
 * @throws UsageError when kubectl asks for an ExecCredential of an unknown version
 */
export function formatToken(
  { client, token, scopes }: PrintedToken,
  { form, terminal }: { readonly form: TokenForm; readonly terminal: Terminal },
): string {
  const value = token.secret.expose();
  const expiresAt = Number.isFinite(token.expiresAt) ? new Date(token.expiresAt).toISOString() : null;
  const indent = terminal.stdout.isTTY ? 2 : undefined;
  switch (form) {
    case 'text':
      return value;
    case 'json':
      return printableJson({ client, token: value, expiresAt, scopes }, indent);
    case 'exec-credential':
  }
  const apiVersion = execCredentialVersion(terminal.env);
  // without its milliseconds, as Kubernetes writes times (RFC 3339)
  const expirationTimestamp = expiresAt === null ? {} : { expirationTimestamp: expiresAt.replace(/\.\d+/, '') };
  return printableJson(
    { apiVersion, kind: 'ExecCredential', status: { ...expirationTimestamp, token: value } },
    indent,
  );
}

const group = 'client.authentication.k8s.io';

/** The version that kubectl asks for; the stable one when the command is not run by kubectl. */
function execCredentialVersion({ KUBERNETES_EXEC_INFO: info = '' }: Terminal['env']): string {
  const asked = info === '' ? `${group}/v1` : readVersion(info);
  if (asked === `${group}/v1` || asked === `${group}/v1beta1`) return asked;
  throw new UsageError(
    `KUBERNETES_EXEC_INFO asks for another version of ExecCredential: set apiVersion of exec in the kubeconfig to ${group}/v1`,
  );
}

function readVersion(text: string): unknown {
  try {
    const info: unknown = JSON.parse(text);
    return typeof info === 'object' && info !== null && 'apiVersion' in info ? info.apiVersion : undefined;
  } catch {
    return undefined;
  }
}
