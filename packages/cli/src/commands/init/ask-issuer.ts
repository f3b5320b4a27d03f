import { untilAborted } from '@bearings/client/layer';
import { discover } from '@bearings/oidc-discovery';
import { sentenceOf } from '../../output/failure.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Asker } from './asker.ts';
import { fieldCheck } from './field-check.ts';

/** Where tokens come from. */
export interface TokenOrigin {
  readonly endpoint: { readonly issuerUrl: string } | { readonly tokenUrl: string };
  /** How clients may prove who they are, when the server says so. */
  readonly methods: readonly string[] | undefined;
}

/** Asks where tokens come from, and looks whether it is there. */
export async function askIssuer(terminal: Terminal, asker: Asker): Promise<TokenOrigin> {
  const kind = await asker.choice({
    message: 'What is known of the authorization server?',
    choices: [
      { value: 'issuerUrl', name: 'its issuer: the endpoint is discovered' },
      { value: 'tokenUrl', name: 'its token endpoint' },
    ],
  });
  if (kind === 'issuerUrl') return issuerThatAnswers(terminal, asker);
  const tokenUrl = await asker.text({
    message: 'The token endpoint, such as https://id.internal/token?',
    check: (answer) => fieldCheck.oauth2('tokenUrl', answer),
  });
  return { endpoint: { tokenUrl }, methods: undefined };
}

async function issuerThatAnswers(terminal: Terminal, asker: Asker): Promise<TokenOrigin> {
  for (;;) {
    const issuerUrl = await asker.text({
      message: 'The issuer, such as https://id.internal/realms/prod?',
      check: (answer) => fieldCheck.oauth2('issuerUrl', answer),
    });
    await asker.tell(`  looking for ${printable(issuerUrl)} …`);
    const found = await untilAborted(discover(issuerUrl, { fetch: terminal.fetch }), terminal.interrupted);
    if (found.isOk()) {
      const { token_endpoint: endpoint, token_endpoint_auth_methods_supported: methods } = found.value;
      await asker.tell(`  ✓ its token endpoint is ${printable(endpoint)}`);
      return { endpoint: { issuerUrl }, methods };
    }
    await asker.tell(`  ✗ ${printable(sentenceOf(found.error))}`);
    if (await asker.confirm('Keep it all the same?', false)) return { endpoint: { issuerUrl }, methods: undefined };
  }
}
