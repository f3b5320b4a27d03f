import { inspect } from 'node:util';
import { assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { secretsShownBy } from '../src/hide-secrets.ts';
import type { Leak } from '../src/hide-secrets.ts';

const secret = 'cs_CANARY?/%&+ "9f3a';
const token = 'at_CANARY_1';

const waysOf = (leaks: readonly Leak[]): readonly string[] => leaks.map(({ where }) => where);
const formsOf = (leaks: readonly Leak[]): readonly string[] => [...new Set(leaks.map(({ form }) => form))];

/** A class as libraries write them. */
class Session {
  readonly #token = token;
  get bearer(): string {
    return `Bearer ${this.#token}`;
  }
}

class Talkative {
  readonly #token = token;
  [inspect.custom](): string {
    return `Talkative(${this.#token})`;
  }
}

class Told {
  readonly #token = token;
  toString(): string {
    return this.#token;
  }
}

class Sent {
  readonly #token = token;
  toJSON(): unknown {
    return { deep: [this.#token] };
  }
}

class Guarded {
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

test.each<[where: string, thing: unknown]>([
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
  ['[Symbol(█)] (its name)', { [Symbol(token)]: 1 }],
  ['█ (its name)', { [token]: 1 }],
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
  ['inspect', new Talkative()],
  ['inspect(deep[0])', { deep: [new Talkative()] }],
  ['String', new Told()],
  ['String(deep)', { deep: new Told() }],
  ['JSON.stringify', new Sent()],
  ['deep.toJSON().deep[0]', { deep: new Sent() }],
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
  ['open', new Guarded()],
])('it is found at %s', (where, thing) => {
  const leaks = secretsShownBy(thing, [token]);

  expect(waysOf(leaks)).toContain(where);
  expect(JSON.stringify(leaks)).not.toContain(token);
});

function formWith(value: string): FormData {
  const form = new FormData();
  form.set('t', value);
  return form;
}

test.each<[form: string, text: string]>([
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
])('it is found when it is %s: %s', (form, text) => {
  const leaks = secretsShownBy(`before ${text} after`, [secret]);

  expect(formsOf(leaks)).toContain(form);
  expect(leaks[0]?.excerpt).toMatch(/█/);
});

test.each([0, 1, 2, 3])('in base64url it is found after %d other characters', (before) => {
  const text = Buffer.from(`${'~'.repeat(before)}~~??>>${secret}`).toString('base64url');
  const apart = Buffer.from(`${'~'.repeat(before)}??>>??>>`).toString('base64url');

  expect(formsOf(secretsShownBy(text, ['??>>~~~~', secret, '~~??>>']))).toContain('base64url');
  expect(secretsShownBy(apart, [secret])).toEqual([]);
});

test('bytes may be UTF-8', () => {
  expect(waysOf(secretsShownBy({ held: Buffer.from('gehéimnis') }, ['gehéimnis']))).toContain('held');
});

test('what is not in ASCII is found in either of the encodings in use', () => {
  const umlauts = 'gehéîmnis';

  const found = [
    encodeURIComponent(umlauts),
    '%67eh%E9%EEmnis',
    btoa(`id:${umlauts}`),
    Buffer.from(`id:${umlauts}`).toString('base64'),
    String.raw`geh\u00e9\xEEmnis`,
  ].map((text) => formsOf(secretsShownBy(text, [umlauts])));

  expect(found).toEqual([['percent-encoded'], ['percent-encoded'], ['base64'], ['base64'], ['escaped']]);
});

/** Ways to write any secret. */
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

test('whatever the secret is, it is found in whatever form, and never shown by what tells of it', () => {
  const anySecret = string({ unit: 'grapheme', minLength: 4, maxLength: 40 });
  assert(
    property(anySecret, constantFrom(...Object.keys(encoders)), (text, way) => {
      const leaks = secretsShownBy(new Error(`<${encoders[way]?.(text)}>`), [text]);

      expect(waysOf(leaks)).toContain('message');
      for (const { excerpt, where } of leaks) {
        expect(excerpt).not.toContain(encoders[way]?.(text));
        expect(secretsShownBy(`${excerpt} ${where}`, [text])).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

test('what holds no secret shows none', () => {
  const things = [undefined, null, 0, 1n, true, '', 'at_CANARX_1', {}, [], () => {}, new Error('x'), request().headers];

  expect(things.flatMap((thing) => secretsShownBy(thing, ['at_CANARY_2', secret]))).toEqual([]);
});

test('a private field that nothing prints shows nothing', () => {
  class Quiet {
    readonly #token = token;
    expose(): string {
      return this.#token;
    }
  }

  expect(secretsShownBy({ quiet: new Quiet() }, [token])).toEqual([]);
});

test('what tells of a leak names the secret by its place, and masks all secrets around it', () => {
  const [leak] = secretsShownBy(`joe token=${token} and ${secret}.`, ['CANARY', secret, token]);

  expect(leak).toEqual({
    secret: 'secrets[0] (6 characters)',
    form: 'plain',
    where: 'text',
    excerpt: 'joe token=█ and █.',
  });
});

test('of base64 the whole run is masked, since its edges hold parts of the secret', () => {
  const [leak] = secretsShownBy(`Basic ${btoa(`x:${token}yz`)} was refused`, [token]);

  expect(leak?.excerpt).toBe('Basic █ was refused');
});

test('what is found in bytes is told without what stands around it', () => {
  const [leak] = secretsShownBy(Buffer.from(`user ${token}`, 'utf16le'), [token]);

  expect(leak).toMatchObject({ where: 'bytes', form: 'plain', excerpt: '' });
});

test.each([
  ['abcab', '<abcabcab>', '<█>'],
  ['abc&', '<abc%26%20%3E', '<█%20%3E'],
  ['&abc', '%3C%20%26abc>', '%3C%20█>'],
  ['a"b"', '<a\\"b\\"\\u003e', '<█\\u003e'],
  ['!!!!', 'a33, 33, 33 , 33b', 'a█b'],
])('%s is masked in %s from its start to its end', (text, given, masked) => {
  expect(secretsShownBy(given, [text])[0]?.excerpt).toBe(masked);
});

test('every way and form is told once', () => {
  const leaks = secretsShownBy(`${token} ${token} ${encodeURIComponent(secret)}`, [token, secret]);

  expect(leaks.map((leak) => [leak.secret, leak.form])).toEqual([
    ['secrets[0] (11 characters)', 'plain'],
    ['secrets[1] (20 characters)', 'percent-encoded'],
  ]);
});

test('the bytes of a small buffer are its own, not those of the pool it is cut from', () => {
  Buffer.from(token);
  const neighbour = Buffer.from('hello');

  expect(secretsShownBy({ neighbour }, [token])).toEqual([]);
});

test('a circle is walked once', () => {
  const circle: { self?: unknown; token: string } = { token };
  circle.self = circle;

  expect(waysOf(secretsShownBy(circle, [token]))).toContain('token');
});

test('a getter that answers with ever new things is followed a few times, not for ever', () => {
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

  expect(waysOf(secretsShownBy({ held: new Endless() }, [token]))).toContain('held.left.right.token');
});

test('the end of a very deep chain is found', () => {
  let chain: unknown = token;
  for (let depth = 0; depth < 20_000; depth += 1) chain = { next: chain };

  expect(secretsShownBy(chain, [token])).not.toEqual([]);
});

test('what is shared a million times over is looked at once', () => {
  let shared: unknown = { token };
  for (let depth = 0; depth < 60; depth += 1) shared = { left: shared, right: [shared, shared] };

  expect(secretsShownBy(shared, [token])).not.toEqual([]);
});

test('a proxy whose traps throw shows nothing, and hurts nothing', () => {
  const trap = (): never => {
    throw new Error('never mind');
  };
  const proxy = new Proxy({ token: 1 }, { ownKeys: trap, get: trap, getPrototypeOf: trap, has: trap });

  const revoked = Proxy.revocable([], {});
  revoked.revoke();

  expect(secretsShownBy({ proxy, revoked }, [token])).toEqual([]);
});

test('a thing too large to look through is told as such, not passed as clean', () => {
  const large = Array.from({ length: 300_000 }, (_, index) => index);

  expect(() => secretsShownBy(large, [token])).toThrow(
    new TypeError('This holds too much to look through: hand over a part of it'),
  );
});

test.each<[secrets: unknown[], message: string]>([
  [[], 'No secret was given to look for'],
  [[token, 'abc'], 'secrets[1] has 3 characters; below 4, anything would match'],
  [[''], 'secrets[0] has 0 characters; below 4, anything would match'],
  [[undefined], 'secrets[0] must be a string, not undefined'],
])('secrets that cannot be looked for are a mistake: %j', (secrets, message) => {
  expect(() => secretsShownBy('text', secrets as string[])).toThrow(new TypeError(message));
});
