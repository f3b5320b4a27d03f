import { jsonAnswer, withBody, withHeaders } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import type { IssuerQuirks } from './issuer-quirks.ts';

type Members = Readonly<Record<string, unknown>>;

/** What the form of a response depends on. */
export interface AnswerContext {
  readonly quirks: IssuerQuirks;
  readonly grantType: string | null;
  /** The account that the token is for. */
  readonly account: string | undefined;
  readonly acceptsJson: boolean;
}

/** Rewrites a response of the token endpoint in the form of a provider. */
export function toProviderAnswer(answer: Answer, context: AnswerContext): Answer {
  const members = parseMembers(answer);
  const rewritten =
    'error' in members ? toErrorAnswer(answer, members, context) : toTokenAnswer(answer, members, context);
  const isForm = context.quirks.answersFormByDefault === true && !context.acceptsJson;
  return isForm ? toFormAnswer(rewritten) : rewritten;
}

function toErrorAnswer(answer: Answer, members: Members, { quirks, grantType }: AnswerContext): Answer {
  const { errors = {}, errorStatus, errorMember = 'error', descriptionMember = 'error_description' } = quirks;
  const code = String(members['error']);
  const own = errors[`${code} of ${grantType}`] ?? errors[code];
  const status = own?.status ?? errorStatus ?? answer.status;
  const description = own === undefined ? members['error_description'] : own.description;
  const body = { ...quirks.errorAdds, [errorMember]: own?.code ?? code, [descriptionMember]: description };
  return { ...answer, ...jsonAnswer(body, status, Object.fromEntries(answer.headers)) };
}

function toTokenAnswer(answer: Answer, members: Members, context: AnswerContext): Answer {
  const { quirks, grantType, account = '' } = context;
  const { grantedScopeSeparator = ' ', tokenType, omits = [], tokenPath, refreshLifetimeMember } = quirks;
  const { scope, refresh_token_expires_in: refreshLifetime, ...others } = members;
  const lifetimeMember = refreshLifetimeMember ?? 'refresh_token_expires_in';
  const all: Members = {
    ...others,
    ...(refreshLifetime === undefined ? {} : { [lifetimeMember]: refreshLifetime }),
    ...(typeof scope === 'string' ? { scope: scope.replaceAll(' ', grantedScopeSeparator) } : {}),
    ...(tokenType === undefined ? {} : { token_type: tokenType }),
  };
  const token = Object.fromEntries(Object.entries(all).filter(([name]) => !omits.includes(name)));
  const added = fillAccount(quirks.adds ?? {}, account);
  const isNested = tokenPath !== undefined && grantType === 'authorization_code';
  return withBody(
    answer,
    JSON.stringify(
      isNested ? { ...botToken, ...added, [tokenPath]: { id: account, ...token } } : { ...token, ...added },
    ),
  );
}

/** The token beside that of the user, which a client must not take. */
const botToken = { access_token: 'token-of-the-bot', token_type: 'bot', scope: 'commands', expires_in: 1 };

function fillAccount(value: Members, account: string): Members {
  const filled: Members = JSON.parse(JSON.stringify(value).replaceAll('{account}', account));
  return filled;
}

function toFormAnswer(answer: Answer): Answer {
  const fields = Object.entries(parseMembers(answer)).map(([name, value]): [string, string] => [name, String(value)]);
  const body = new URLSearchParams(fields).toString();
  return withBody(withHeaders(answer, { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }), body);
}

function parseMembers({ body }: Answer): Members {
  const value: Members = JSON.parse(new TextDecoder().decode(body));
  return value;
}
