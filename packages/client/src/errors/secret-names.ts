/** Only the end of a longer name is read: it says what the name is for. */
const maxNameChars = 100;

/** Words that mark a secret anywhere in a name. */
const secretWord =
  /^(?:pwds?|jwts?|otps?|totp|sigs?|creds?|csrf|xsrf|dpop|bearer|j?sessionid|phpsessid)$|password|passwd|passphrase|passcode|secret|credential|cookie|(?:tokens?|signatures?|assertions?|pwd)$/;

/** Words that mark a secret at the end of a name only: `session`, but not `session_timeout`. */
const secretLastWord = /^(?:authorization|sessions?|sid|pins?|pass)$/;

/** `apikey` and the like, written as one word. */
const joinedKey =
  /^(?:access|account|api|app|application|auth|client|encryption|function|functions|license|master|private|service|session|shared|signing|storage|subscription)keys?$/;

/** `public_key`, `cache-key`: keys that are not secret. */
const harmlessKey =
  /^(?:cache|composite|dedup|deduplication|error|foreign|group|idempotency|index|issue|message|object|partition|primary|project|public|routing|row|sort|surrogate|translation|unique|websocket)$/;

/** `device_code`: codes that grant access, as against `error_code` and `zip_code`. */
const secretCode =
  /^(?:access|activation|auth|authorization|backup|confirmation|device|invite|login|mfa|otp|pin|recovery|reset|security|user|verification)$/;

/** `max_tokens`: numbers of tokens of a language model. */
const quantity = /^(?:cached|completion|input|max|min|num|output|prompt|reasoning|remaining|total)$/;

/** `token_type`, `client_secret_expires_at`: last words of names that describe a secret. */
const aboutSecret =
  /^(?:age|alg|algorithm|at|count|enabled|endpoints?|expir(?:ation|es|y)|format|in|length|lifetime|limits?|methods?|name|policy|ref|required|status|supported|ttl|types?|valid|version)$/;

/** `token_url`, `token_id` describe a token. A `secret_id` is a secret, and a `password_reset_url` contains one. */
const aboutToken = /^(?:id|url|uri)$/;

/**
 * True for the name of a header, a query parameter, a form field, a member of JSON or a variable whose value is a
 * secret. Error previews, the command line and config files all use this function.
 *
 * `client_secret`, `clientSecret`, `CLIENT-SECRET` and `clientsecret` are the same name. Unclear names count as secret.
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
