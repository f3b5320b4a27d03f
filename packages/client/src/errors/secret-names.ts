/** A name of which more than this is not looked at: what a secret is called stands at its end. */
const maxNameChars = 100;

/** Words that make a name a secret's wherever they stand in it. */
const secretWord =
  /^(?:pwds?|jwts?|otps?|totp|sigs?|creds?|csrf|xsrf|dpop|bearer|j?sessionid|phpsessid)$|password|passwd|passphrase|passcode|secret|credential|cookie|(?:tokens?|signatures?|assertions?|pwd)$/;

/** Words that do so at the end of a name only: a `session_timeout` is none. */
const secretLastWord = /^(?:authorization|sessions?|sid|pins?|pass)$/;

/** `apikey` and the like, written as one word. */
const joinedKey =
  /^(?:access|account|api|app|application|auth|client|encryption|function|functions|license|master|private|service|session|shared|signing|storage|subscription)keys?$/;

/** `public_key`, `cache-key`: keys to find something, not to open it. */
const harmlessKey =
  /^(?:cache|composite|dedup|deduplication|error|foreign|group|idempotency|index|issue|message|object|partition|primary|project|public|routing|row|sort|surrogate|translation|unique|websocket)$/;

/** `device_code`: codes that stand for a person. `error_code` and `zip_code` are none of them. */
const secretCode =
  /^(?:access|activation|auth|authorization|backup|confirmation|device|invite|login|mfa|otp|pin|recovery|reset|security|user|verification)$/;

/** `max_tokens`: how much text, as language models count it. */
const quantity = /^(?:cached|completion|input|max|min|num|output|prompt|reasoning|remaining|total)$/;

/** `token_type`, `client_secret_expires_at`: last words of a name that tells something about a secret. */
const aboutSecret =
  /^(?:age|alg|algorithm|at|count|enabled|endpoints?|expir(?:ation|es|y)|format|in|length|lifetime|limits?|methods?|name|policy|ref|required|status|supported|ttl|types?|valid|version)$/;

/** A token has an address and an id that are none. A `secret_id` is a secret, and a password's URL may hold one. */
const aboutToken = /^(?:id|url|uri)$/;

/**
 * True for the name of a header, a query parameter, a form field, a member of JSON or a variable whose value is a
 * secret. The one answer to this question: previews of errors, the command line and config files ask it.
 *
 * Reads `client_secret`, `clientSecret`, `CLIENT-SECRET` and `clientsecret` alike. In doubt a name is a secret's.
 */
export function isSecretName(name: string): boolean {
  const words = splitWords(name.slice(-maxNameChars));
  const [last = '', previous = ''] = words.toReversed();
  if (last === 'code') return previous === '' || secretCode.test(previous);
  if (last === 'verifier') return previous === 'code';
  if (last === 'response') return previous === 'saml';
  if (last === 'key' || last === 'keys') return !harmlessKey.test(previous);
  if (previous === 'key' && /^(?:data|material|secret|value)$/.test(last)) return true;
  if (previous === 'session' && /^(?:cookie|data|id|key)$/.test(last)) return true;
  if (secretLastWord.test(last) || words.some((word) => joinedKey.test(word))) return !isAboutKey(words);
  if (last === 'hint' && previous === 'type') return false;
  if (last === 'tokens' && quantity.test(previous)) return false;
  const secrets = words.filter((word) => secretWord.test(word));
  if (secrets.length === 0 || aboutSecret.test(last)) return false;
  return !(aboutToken.test(last) && secrets.every((word) => /(?:token|credential|assertion)$/.test(word)));
}

/** `apikey_id`, as against `apikey`. */
function isAboutKey(words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  return aboutSecret.test(last) || last === 'id';
}

/** `x-APIKey` → x, api, key. */
function splitWords(name: string): readonly string[] {
  const spaced = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return spaced
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}
