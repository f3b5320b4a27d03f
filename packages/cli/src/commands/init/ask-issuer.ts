import { untilAborted } from '@bearings/client/layer';
import { discover } from '@bearings/oidc-discovery';
import { describeFailure } from '../../output/report-failure.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Prompts } from './prompts.ts';
import { checkField } from './check-field.ts';

/** The source of tokens. */
export interface IssuerAnswer {
  readonly endpoint: { readonly issuerUrl: string } | { readonly tokenUrl: string };
  /** The client authentication methods that the server supports, if it lists them. */
  readonly methods: readonly string[] | undefined;
  /** The grants and scopes that it supports, if it lists them. */
  readonly grants?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** True when people can enter a code on another device (RFC 8628). */
  readonly hasDeviceCodes?: boolean;
}

/** How to ask. */
export interface AskIssuerOptions {
  /** The issuer that the API names. */
  readonly proposed: string | undefined;
  /** True when only an issuer will do, because more than its token endpoint is needed. Default: false. */
  readonly isDiscovered?: boolean;
}

/** Asks for the issuer or the token endpoint. Checks that the issuer has metadata. */
export async function askIssuer(
  terminal: Terminal,
  prompts: Prompts,
  { proposed, isDiscovered = false }: AskIssuerOptions,
): Promise<IssuerAnswer> {
  if (isDiscovered) return askReachableIssuer(terminal, prompts, proposed);
  const kind = await prompts.choice({
    message: 'What do you know about the authorization server?',
    choices: [
      { value: 'issuerUrl', name: 'its issuer: the token endpoint is discovered' },
      { value: 'tokenUrl', name: 'its token endpoint' },
    ],
  });
  if (kind === 'issuerUrl') return askReachableIssuer(terminal, prompts, proposed);
  const tokenUrl = await prompts.text({
    message: 'The token endpoint, such as https://id.internal/token?',
    check: (answer) => checkField.oauth2('tokenUrl', answer),
  });
  return { endpoint: { tokenUrl }, methods: undefined };
}

async function askReachableIssuer(
  terminal: Terminal,
  prompts: Prompts,
  proposed: string | undefined,
): Promise<IssuerAnswer> {
  for (;;) {
    const issuerUrl = await prompts.text({
      message: 'The issuer, such as https://id.internal/realms/prod?',
      ...(proposed !== undefined && { initial: proposed }),
      check: (answer) => checkField.oauth2('issuerUrl', answer),
    });
    await prompts.print(`  reading the metadata of ${printable(issuerUrl)} …`);
    const found = await untilAborted(discover(issuerUrl, { fetch: terminal.fetch }), terminal.interrupted);
    if (found.isOk()) {
      const { token_endpoint: endpoint, token_endpoint_auth_methods_supported: methods } = found.value;
      await prompts.print(`  ✓ the token endpoint is ${printable(endpoint)}`);
      return {
        endpoint: { issuerUrl },
        methods,
        grants: textList(found.value['grant_types_supported']),
        scopes: textList(found.value['scopes_supported']),
        hasDeviceCodes: typeof found.value['device_authorization_endpoint'] === 'string',
      };
    }
    await prompts.print(`  ✗ ${printable(describeFailure(found.error))}`);
    if (await prompts.confirm('Use it anyway?', false)) return { endpoint: { issuerUrl }, methods: undefined };
  }
}

/** A member of the metadata that is a list of texts; `undefined` for anything else. */
const textList = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
