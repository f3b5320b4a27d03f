import { inspect } from 'node:util';
import { assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { findLeaks } from '../../src/leaks/find-leaks.ts';
import type { Leak } from '../../src/leaks/find-leaks.ts';

const secret = 'cs_CANARY?/%&+ "9f3a';
const token = 'at_CANARY_1';

const places = (leaks: readonly Leak[]): readonly string[] => leaks.map(({ where }) => where);
const encodings = (leaks: readonly Leak[]): readonly string[] => [...new Set(leaks.map(({ encoding }) => encoding))];

class Session {
  readonly #token = token;
  get bearer(): string {
    return `Bearer ${this.#token}`;
  }
}

class WithInspect {
  readonly #token = token;
  [inspect.custom](): string {
    return `WithInspect(${this.#token})`;
  }
}

class WithToString {
  readonly #token = token;
  toString(): string {
    return this.#token;
  }
}

class WithToJson {
  readonly #token = token;
  toJSON(): unknown {
    return { deep: [this.#token] };
  }
}

class WithThrowingMethods {
  get broken(): string {
    throw new Error('never mind');
  }
  get open(): string {
    return token;
  }
  toJSON(): never {
    throw new Error('never mind');
  }
  [inspect.custom](): never {
    throw new Error('never mind');
  }
  toString(): never {
    throw new Error('never mind');
  }
}

const withStack = (stack: string): Error => Object.assign(new Error('x'), { stack });
const request = (): Request => new Request('https://api.test/', { headers: { authorization: `Bearer ${token}` } });

test.each<[where: string, value: unknown]>([
  ['text', `GET / 401 ${token}`],
  ['message', new Error(`bad ${token}`)],
  ['stack', withStack(`Error: x\n at ${token}`)],
  ['cause.message', new Error('x', { cause: new Error(token) })],
  [
    'cause.cause.cause.message',
    new Error('1', { cause: new Error('2', { cause: new Error('3', { cause: new Error(token) }) }) }),
  ],
  ['cause', new Error('x', { cause: token })],
  ['cause.headers.authorization', new Error('x', { cause: { headers: { authorization: token } } })],
  ['errors[1].message', new AggregateError([new Error('x'), new Error(token)], 'all failed')],
  ['config.token', Object.assign(new Error('x'), { config: { token } })],
  ['[Symbol(held)]', { [Symbol('held')]: token }],
  ['[Symbol(█)] (property name)', { [Symbol(token)]: 1 }],
  ['█ (property name)', { [token]: 1 }],
  ['hidden', Object.defineProperty({}, 'hidden', { value: token, enumerable: false })],
  [
    'asked',
    {
      get asked() {
        return token;
      },
    },
  ],
  ['bearer', new Session()],
  ['inherited', Object.create({ inherited: token })],
  ['session.bearer', { session: new Session() }],
  ['inspect', new WithInspect()],
  ['inspect(deep[0])', { deep: [new WithInspect()] }],
  ['String', new WithToString()],
  ['String(deep)', { deep: new WithToString() }],
  ['JSON.stringify', new WithToJson()],
  ['deep.toJSON().deep[0]', { deep: new WithToJson() }],
  ['inspect', Promise.resolve(token)],
  ['inspect(held)', { held: Promise.resolve(token) }],
  ['structuredClone.held', { held: token }],
  ['v8.serialize', { held: token }],
  ['held[2]', { held: [1, 2, token] }],
  ['held.key', { held: new Map([['key', token]]) }],
  ['held[a key]', { held: new Map([[token, 1]]) }],
  ['held[a value]', { held: new Map([[1, token]]) }],
  ['held[an entry]', { held: new Set([token]) }],
  ['held', { held: new TextEncoder().encode(`..${token}..`) }],
  ['held', { held: Buffer.from(token, 'utf16le') }],
  ['held', { held: new TextEncoder().encode(`..${token}..`).buffer }],
  ['bytes', Buffer.concat([Buffer.from('.'), Buffer.from(token, 'utf16le')])],
  ['text', Symbol(token)],
  ['description', Object.assign(() => {}, { description: token })],
  ['String', () => 'at_CANARY_1'],
  ['headers.authorization', { headers: request().headers }],
  ['request.headers.authorization', Object.assign(new Error('x'), { request: request() })],
  ['headers.set-cookie', new Response('', { headers: { 'set-cookie': token } })],
  ['url', new Request(`https://api.test/?t=${token}`)],
  ['query.t', { query: new URLSearchParams({ t: token }) }],
  ['form.t', { form: formWith(token) }],
  ['link.href', { link: new URL(`https://api.test/?t=${token}`) }],
  ['link.searchParams.t', { link: new URL(`https://api.test/?t=${token}`) }],
  ['open', new WithThrowingMethods()],
])('a secret is found at %s', (where, value) => {
  const leaks = findLeaks(value, [token]);

  expect(places(leaks)).toContain(where);
  expect(JSON.stringify(leaks)).not.toContain(token);
});

function formWith(value: string): FormData {
  const form = new FormData();
  form.set('t', value);
  return form;
}

test.each<[encoding: string, text: string]>([
  ['plain', secret],
  ['percent-encoded', encodeURIComponent(secret)],
  ['percent-encoded', encodeURIComponent(secret).toLowerCase().replace('cs_canary', 'cs_CANARY')],
  ['percent-encoded', encodeURIComponent(encodeURIComponent(secret))],
  ['percent-encoded', new URLSearchParams({ secret }).toString()],
  ['percent-encoded', encodeURIComponent(new URLSearchParams({ secret }).toString())],
  ['percent-encoded', new URL(`https://api.test/?q=${secret.replace(/[%&+]/g, encodeURIComponent)}`).href],
  ['escaped', JSON.stringify({ secret })],
  ['escaped', JSON.stringify({ body: JSON.stringify({ secret }) })],
  ['escaped', `{"secret":"${secret.replace('&', String.raw`\u0026`)}"}`.replace(' "', String.raw` \"`)],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64', `Basic ${btoa(`b:${secret}`)}`],
  ['base64', `Basic ${btoa(`bi:${secret}`)}`],
  ['base64', `Basic ${btoa(`bil:${secret}`)}`],
  ['base64', `Basic ${btoa(`${encodeURIComponent('bil:ling')}:${encodeURIComponent(secret)}`)}`],
  ['base64', `Basic ${btoa(new URLSearchParams([['', `x${secret}`]]).toString())}`],
  ['base64', `Basic ${btoa('x:cs%5FCANARY%3F%2F%25%26%2B%20%229f3a')}`],
  ['base64', `Basic ${btoa('x:cs%5FCANARY%3F%2F%25%26%2B+%229f3a')}`],
  ['base64', btoa(JSON.stringify({ secret }))],
  ['base64', `?c=${encodeURIComponent(btoa(`~~?${secret}`))}`],
  ['base64', JSON.stringify({ c: btoa(`~~?${secret}`) }).replaceAll('/', String.raw`\/`)],
  ['hex', Buffer.from(`x${secret}y`).toString('hex')],
  ['hex', Buffer.from(secret).toString('hex').toUpperCase()],
  ['hex', inspect(Buffer.from(secret))],
  ['decimal bytes', JSON.stringify(Buffer.from(secret))],
  ['decimal bytes', JSON.stringify(new TextEncoder().encode(secret))],
  ['decimal bytes', JSON.stringify([...Buffer.from(secret)], undefined, 2)],
  ['decimal bytes', inspect(new Uint8Array(Buffer.from(secret)))],
])('a %s secret is found: %s', (encoding, text) => {
  const leaks = findLeaks(`before ${text} after`, [secret]);

  expect(encodings(leaks)).toContain(encoding);
  expect(leaks[0]?.excerpt).toMatch(/█/);
});

test.each([0, 1, 2, 3])('a secret in base64url is found after %d other characters', (before) => {
  const text = Buffer.from(`${'~'.repeat(before)}~~??>>${secret}`).toString('base64url');
  const apart = Buffer.from(`${'~'.repeat(before)}??>>??>>`).toString('base64url');

  expect(encodings(findLeaks(text, ['??>>~~~~', secret, '~~??>>']))).toContain('base64url');
  expect(findLeaks(apart, [secret])).toEqual([]);
});

test('a secret is found in UTF-8 bytes', () => {
  expect(places(findLeaks({ held: Buffer.from('gehéimnis') }, ['gehéimnis']))).toContain('held');
});

test('a secret outside ASCII is found in UTF-8 and in Latin-1', () => {
  const umlauts = 'gehéîmnis';

  const found = [
    encodeURIComponent(umlauts),
    '%67eh%E9%EEmnis',
    btoa(`id:${umlauts}`),
    Buffer.from(`id:${umlauts}`).toString('base64'),
    String.raw`geh\u00e9\xEEmnis`,
  ].map((text) => encodings(findLeaks(text, [umlauts])));

  expect(found).toEqual([['percent-encoded'], ['percent-encoded'], ['base64'], ['base64'], ['escaped']]);
});

/** Functions that encode any secret. */
const encoders: Readonly<Record<string, (text: string) => string>> = {
  encodeURIComponent,
  form: (text) => new URLSearchParams({ a: text }).toString(),
  twice: (text) => encodeURIComponent(encodeURIComponent(text)),
  json: (text) => JSON.stringify({ text }),
  jsonTwice: (text) => JSON.stringify(JSON.stringify(text)),
  inspect: (text) => inspect({ text }, { breakLength: Infinity }),
  basic: (text) => Buffer.from(`client:${text}`).toString('base64'),
  url: (text) => Buffer.from(`a${text}b`).toString('base64url'),
  formInBase64: (text) => btoa(`id:${encodeURIComponent(text)}`),
  hex: (text) => Buffer.from(text).toString('hex'),
  bytes: (text) => JSON.stringify(Buffer.from(text)),
};

test('any secret is found in any encoding, and no leak report shows it', () => {
  const anySecret = string({ unit: 'grapheme', minLength: 4, maxLength: 40 });
  assert(
    property(anySecret, constantFrom(...Object.keys(encoders)), (text, encoder) => {
      const leaks = findLeaks(new Error(`<${encoders[encoder]?.(text)}>`), [text]);

      expect(places(leaks)).toContain('message');
      for (const { excerpt, where } of leaks) {
        expect(excerpt).not.toContain(encoders[encoder]?.(text));
        expect(findLeaks(`${excerpt} ${where}`, [text])).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

test('a value without a secret has no leaks', () => {
  const values = [undefined, null, 0, 1n, true, '', 'at_CANARX_1', {}, [], () => {}, new Error('x'), request().headers];

  expect(values.flatMap((value) => findLeaks(value, ['at_CANARY_2', secret]))).toEqual([]);
});

test('a private field that nothing prints is not a leak', () => {
  class Holder {
    readonly #token = token;
    expose(): string {
      return this.#token;
    }
  }

  expect(findLeaks({ holder: new Holder() }, [token])).toEqual([]);
});

test('a leak names the secret by its index and masks all secrets in the excerpt', () => {
  const [leak] = findLeaks(`joe token=${token} and ${secret}.`, ['CANARY', secret, token]);

  expect(leak).toEqual({
    secret: 'secrets[0] (6 characters)',
    encoding: 'plain',
    where: 'text',
    excerpt: 'joe token=█ and █.',
  });
});

test('the whole base64 text is masked, because its edges contain parts of the secret', () => {
  const [leak] = findLeaks(`Basic ${btoa(`x:${token}yz`)} was refused`, [token]);

  expect(leak?.excerpt).toBe('Basic █ was refused');
});

test('a leak in bytes has no excerpt', () => {
  const [leak] = findLeaks(Buffer.from(`user ${token}`, 'utf16le'), [token]);

  expect(leak).toMatchObject({ where: 'bytes', encoding: 'plain', excerpt: '' });
});

test.each([
  ['abcab', '<abcabcab>', '<█>'],
  ['abc&', '<abc%26%20%3E', '<█%20%3E'],
  ['&abc', '%3C%20%26abc>', '%3C%20█>'],
  ['a"b"', '<a\\"b\\"\\u003e', '<█\\u003e'],
  ['!!!!', 'a33, 33, 33 , 33b', 'a█b'],
])('%s is masked in %s from its start to its end', (text, given, masked) => {
  expect(findLeaks(given, [text])[0]?.excerpt).toBe(masked);
});

test('each place and encoding is reported once', () => {
  const leaks = findLeaks(`${token} ${token} ${encodeURIComponent(secret)}`, [token, secret]);

  expect(leaks.map((leak) => [leak.secret, leak.encoding])).toEqual([
    ['secrets[0] (11 characters)', 'plain'],
    ['secrets[1] (20 characters)', 'percent-encoded'],
  ]);
});

test('only the bytes of a buffer are searched, not the pool behind it', () => {
  Buffer.from(token);
  const neighbour = Buffer.from('hello');

  expect(findLeaks({ neighbour }, [token])).toEqual([]);
});

test('a circular reference is walked once', () => {
  const circle: { self?: unknown; token: string } = { token };
  circle.self = circle;

  expect(places(findLeaks(circle, [token]))).toContain('token');
});

test('a getter that returns a new object each time is followed a few times only', () => {
  class Endless {
    readonly token = token;
    get left(): Endless {
      return new Endless();
    }
    get right(): Endless {
      return new Endless();
    }
    toJSON(): Endless {
      return new Endless();
    }
  }

  expect(places(findLeaks({ held: new Endless() }, [token]))).toContain('held.left.right.token');
});

test('a secret at the end of a very deep chain is found', () => {
  let chain: unknown = token;
  for (let depth = 0; depth < 20_000; depth += 1) chain = { next: chain };

  expect(findLeaks(chain, [token])).not.toEqual([]);
});

test('an object with very many references is searched once', () => {
  let shared: unknown = { token };
  for (let depth = 0; depth < 60; depth += 1) shared = { left: shared, right: [shared, shared] };

  expect(findLeaks(shared, [token])).not.toEqual([]);
});

test('a proxy with throwing traps is skipped', () => {
  const trap = (): never => {
    throw new Error('never mind');
  };
  const proxy = new Proxy({ token: 1 }, { ownKeys: trap, get: trap, getPrototypeOf: trap, has: trap });

  const revoked = Proxy.revocable([], {});
  revoked.revoke();

  expect(findLeaks({ proxy, revoked }, [token])).toEqual([]);
});

test('a value that is too large to search throws', () => {
  const large = Array.from({ length: 300_000 }, (_, index) => index);

  expect(() => findLeaks(large, [token])).toThrow(
    new TypeError('This value is too large to search: pass a part of it'),
  );
});

test.each<[secrets: unknown[], message: string]>([
  [[], 'No secret to search for was passed'],
  [[token, 'abc'], 'secrets[1] has 3 characters; with fewer than 4, other text would match'],
  [[''], 'secrets[0] has 0 characters; with fewer than 4, other text would match'],
  [[undefined], 'secrets[0] must be a string, not undefined'],
])('invalid secrets throw: %j', (secrets, message) => {
  expect(() => findLeaks('text', secrets as string[])).toThrow(new TypeError(message));
});
