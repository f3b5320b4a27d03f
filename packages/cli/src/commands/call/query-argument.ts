import { UsageError } from '../../usage-error.ts';

/**
 * Adds the values of `--query` to a URL, after those that it has, in their order.
 *
 * @throws UsageError, whose message shows no value
 */
export function addQuery(url: string, given: readonly string[]): string {
  const pairs = given.map((each) => {
    const [, name = '', value] = /^([^=]*)=(.*)$/s.exec(each) ?? [];
    if (value === undefined || name === '') throw new UsageError("--query needs name=value; one has no name or no '='");
    return `${encode(name)}=${encode(value)}`;
  });
  if (pairs.length === 0) return url;
  const target = new URL(url);
  target.search = [target.search.replace(/^\?/, ''), ...pairs].filter((part) => part !== '').join('&');
  return target.href;
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new UsageError('--query has a name or value that is not valid Unicode');
  }
}
