import { mustBe } from './token-options.ts';

/**
 * Values of `token_type` that mean Bearer, in lower case.
 *
 * @throws TokenConfigError
 */
export function readBearerTypes(bearerTokenTypes: readonly string[] = []): readonly string[] {
  const isList = Array.isArray(bearerTokenTypes) && bearerTokenTypes.every((each) => typeof each === 'string');
  mustBe(isList, 'bearerTokenTypes', "must be a list of names, such as ['BearerToken']");
  const isRisky = bearerTokenTypes.some((each) => /^(?:dpop|mac|pop)$/i.test(each));
  mustBe(!isRisky, 'bearerTokenTypes', 'must not contain a type that needs a proof, such as DPoP');
  return bearerTokenTypes.map((each) => each.toLowerCase());
}
