/** The first form of a page. */
export interface HtmlForm {
  readonly action: URL;
  readonly method: 'GET' | 'POST';
  /** The fields that a browser sends if the user changes nothing. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Reads the first form of a page, or `undefined` if there is none. */
export function findForm(html: string, pageUrl: string): HtmlForm | undefined {
  const start = html.search(/<form\b/i);
  if (start === -1) return undefined;
  const [tag = '', ...parts] = html.slice(start).split(/(?=<(?:input|button|\/form)\b)/i);
  const end = parts.findIndex((part) => /^<\/form/i.test(part));
  const inputs = parts.slice(0, end === -1 ? undefined : end).map(readAttributes);
  const form = readAttributes(tag);
  return {
    action: new URL(form.get('action') ?? pageUrl, pageUrl),
    method: form.get('method')?.toLowerCase() === 'post' ? 'POST' : 'GET',
    fields: Object.fromEntries(inputs.filter(isSent).map((input) => [input.get('name'), input.get('value') ?? ''])),
  };
}

const unsentTypes = new Set(['submit', 'button', 'reset', 'image']);

function isSent(input: ReadonlyMap<string, string>): boolean {
  const type = input.get('type') ?? 'text';
  if (!input.has('name') || unsentTypes.has(type) || input.get('') === 'button') return false;
  return (type !== 'checkbox' && type !== 'radio') || input.has('checked');
}

/** The attributes of the tag at the start of a text. The name of the tag has the key ''. */
function readAttributes(text: string): ReadonlyMap<string, string> {
  const name = /^<(\w+)/.exec(text)?.[1]?.toLowerCase() ?? '';
  const tag = text.slice(name.length + 1, text.indexOf('>'));
  const found = [...tag.matchAll(/([\w-]+)(?:="([^"]*)"|='([^']*)'|=([^\s"'>]+))?/g)];
  const attributes = found.map(([, key = '', double, single, bare]) => {
    return [key.toLowerCase(), decodeEntities(double ?? single ?? bare ?? '')] as const;
  });
  return new Map([['', name], ...attributes]);
}

const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'", '#x27': "'" };

function decodeEntities(text: string): string {
  return text.replaceAll(/&([#\w]{1,8});/g, (entity, name: string) => entities[name] ?? entity);
}
