/**
 * Parses the JSON of a body, with an error that does not quote the body: V8's does, and the body may hold a secret.
 *
 * @throws SyntaxError for what is not JSON
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw text === '' ? cause : new SyntaxError('The response body is not valid JSON');
  }
}
