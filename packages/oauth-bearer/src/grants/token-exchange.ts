import { createTokenReader, readGivenToken } from '../client-auth/given-token.ts';
import { checkNames } from '../token/option-names.ts';
import type { OptionNames } from '../token/option-names.ts';
import type { Grant, GrantContext, GrantParams } from './grant.ts';
import type { TokenExchangeConfig } from './grant-config.ts';
import { tokenTypeUri } from './token-types.ts';

const names: OptionNames<TokenExchangeConfig> = {
  type: true,
  subjectToken: true,
  subjectTokenType: true,
  actorToken: true,
  actorTokenType: true,
  requestedTokenType: true,
};

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** @throws TokenConfigError naming the field */
export function tokenExchange(config: TokenExchangeConfig): Grant {
  checkNames(config, names, 'grant token_exchange');
  const { subjectToken, actorToken, subjectTokenType = 'access_token', actorTokenType = 'access_token' } = config;
  const { requestedTokenType } = config;
  const readSubject = createTokenReader<void>(subjectToken, 'grant.subjectToken');
  const readActor = actorToken === undefined ? undefined : createTokenReader<void>(actorToken, 'grant.actorToken');
  const subjectType = tokenTypeUri('grant.subjectTokenType', subjectTokenType);
  const actorType = tokenTypeUri('grant.actorTokenType', actorTokenType);
  const requested = requestedTokenType && tokenTypeUri('grant.requestedTokenType', requestedTokenType);

  async function read({ clock }: GrantContext): Promise<GrantParams> {
    const subject = await readGivenToken(() => readSubject(), { field: 'grant.subjectToken', isOpaque: true, clock });
    const actor =
      readActor && (await readGivenToken(() => readActor(), { field: 'grant.actorToken', isOpaque: true, clock }));
    const params: [string, string][] = [
      ['grant_type', grantType],
      ['subject_token', subject.value],
      ['subject_token_type', subjectType],
    ];
    if (actor !== undefined) params.push(['actor_token', actor.value], ['actor_token_type', actorType]);
    if (requested !== undefined) params.push(['requested_token_type', requested]);
    return { params, endsAt: subject.expiresAt, identity: `${subject.value} ${actor?.value ?? ''}` };
  }

  // of a token that is no access token, the answer says that its type is not applicable (RFC 8693 §2.2.1)
  return { type: config.type, read, namesClient: true, identity: undefined, tokenTypes: requested ? ['n_a'] : [] };
}
