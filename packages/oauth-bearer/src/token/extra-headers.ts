import { TokenConfigError } from '../errors.ts';
import { mustBe } from './token-options.ts';

/** @throws TokenConfigError for a header that the token request sets itself, and for one that HTTP does not allow */
export function readExtraHeaders(extraHeaders: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const probe = new Headers();
  for (const [name, value] of Object.entries(extraHeaders)) {
    const isOurs = /^(?:authorization|content-type|accept|dpop)$/i.test(name);
    mustBe(!isOurs, 'extraHeaders', `contains ${name}, which the token request sets itself`);
    try {
      probe.set(name, value);
    } catch {
      const problem = `contains ${JSON.stringify(name)}, whose name or value HTTP does not allow`;
      throw new TokenConfigError('extraHeaders', problem);
    }
  }
  return { ...extraHeaders };
}
