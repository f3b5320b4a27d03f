import { expect, test } from 'vitest';
import { fakeBrowser } from '../../src/browser/fake-browser.ts';
import { virtualClock } from '../../src/clock/virtual-clock.ts';

type Site = (request: Request) => Response | Promise<Response>;

/** A network of sites, by origin. */
const network =
  (sites: Readonly<Record<string, Site>>): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    return (await sites[new URL(request.url).origin]?.(request)) ?? new Response('no such site', { status: 404 });
  };

const redirectTo = (location: string, headers: Record<string, string> = {}, status = 302): Response =>
  new Response(null, { status, headers: { location, ...headers } });

const showCookies: Site = ({ headers }) => new Response(headers.get('cookie') ?? 'none');

test('a browser follows redirects to the last page and lists all URLs', async () => {
  const browser = fakeBrowser(
    network({
      'https://app.test': ({ url }) =>
        url.endsWith('/start') ? redirectTo('https://id.test/authorize') : new Response('done'),
      'https://id.test': () => redirectTo('https://app.test/callback?code=c'),
    }),
  );

  const page = await browser.open('https://app.test/start');

  expect(page).toMatchObject({ url: 'https://app.test/callback?code=c', status: 200, text: 'done' });
  expect(page.visited).toHaveLength(3);
});

test('stopBefore leaves the last redirect to the test', async () => {
  const browser = fakeBrowser(network({ 'https://id.test': () => redirectTo('https://app.test/callback?code=c') }));

  const page = await browser.open('https://id.test/authorize', { stopBefore: 'https://app.test/callback' });

  expect(page).toMatchObject({ status: 302, redirect: 'https://app.test/callback?code=c' });
});

test('a browser does not follow a redirect to an app', async () => {
  const browser = fakeBrowser(network({ 'https://id.test': () => redirectTo('com.example.app:/callback?code=c') }));

  expect(await browser.open('https://id.test/')).toMatchObject({ redirect: 'com.example.app:/callback?code=c' });
});

test('a circle of redirects ends with an error', async () => {
  const browser = fakeBrowser(network({ 'https://id.test': () => redirectTo('/again') }));

  await expect(browser.open('https://id.test/')).rejects.toThrow('More than 20 redirects');
});

test('cookies go back to their origin and path alone', async () => {
  const browser = fakeBrowser(
    network({
      'https://app.test': (request) =>
        request.url.endsWith('/set')
          ? new Response('', { headers: { 'set-cookie': 'session=s1; Path=/; HttpOnly; SameSite=Lax' } })
          : showCookies(request),
      'https://other.test': showCookies,
    }),
  );
  await browser.open('https://app.test/set');

  expect((await browser.open('https://app.test/page')).text).toBe('session=s1');
  expect((await browser.open('https://other.test/')).text).toBe('none');
});

test.each<[string, string, string]>([
  ['a path that does not match', 'a=1; Path=/other', 'none'],
  ['the path of the page by default', 'a=1', 'none'],
  ['__Host- without Secure', '__Host-a=1; Path=/', 'none'],
  ['__Host- with another path', '__Host-a=1; Path=/account; Secure', 'none'],
  ['__Host- as it must be', '__Host-a=1; Path=/; Secure', '__Host-a=1'],
  ['a negative Max-Age', 'a=1; Path=/; Max-Age=0', 'none'],
  ['a past Expires', 'a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'none'],
  ['a cookie without a name', '=1; Path=/', 'none'],
])('a cookie follows the rules of browsers: %s', async (_what, cookie, sent) => {
  const sites = {
    'https://app.test': (request: Request) =>
      request.url.endsWith('/set') ? new Response('', { headers: { 'set-cookie': cookie } }) : showCookies(request),
  };
  const browser = fakeBrowser(network(sites));
  await browser.open('https://app.test/deep/set');

  expect((await browser.open('https://app.test/account')).text).toBe(sent);
});

test('a Secure cookie is refused over plain HTTP, except on loopback', async () => {
  const set: Site = () => new Response('', { headers: { 'set-cookie': 'a=1; Path=/; Secure' } });
  const browser = fakeBrowser(network({ 'http://app.test': set, 'http://127.0.0.1:8080': set }));

  await browser.open('http://app.test/');
  await browser.open('http://127.0.0.1:8080/');

  expect([browser.cookies('http://app.test/'), browser.cookies('http://127.0.0.1:8080/')]).toEqual([undefined, 'a=1']);
});

test('a cookie expires by the clock of the browser', async () => {
  const clock = virtualClock();
  const set: Site = () => new Response('', { headers: { 'set-cookie': 'a=1; Path=/; Max-Age=600' } });
  const browser = fakeBrowser(network({ 'https://app.test': set }), { clock });
  await browser.open('https://app.test/');

  await clock.advance(599_999);
  const before = browser.cookies('https://app.test/');
  await clock.advance(1);

  expect([before, browser.cookies('https://app.test/')]).toEqual(['a=1', undefined]);
});

const page = (form: string): Response => new Response(`<!doctype html><p>Sign in${form}<input name="outside">`);

test('submit sends the fields of the form and what the user enters', async () => {
  const browser = fakeBrowser(
    network({
      'https://id.test': async (request) =>
        request.method === 'POST'
          ? new Response(await request.text())
          : page(`<form method="post" action="/login?a=1&amp;b=2"><input type=hidden name=prompt value='log&quot;in'>
              <input name="login"><input type="checkbox" name="stay"><input type="checkbox" name="news" checked value=yes>
              <button name="cancel">no</button></form>`),
    }),
  );

  const sent = await browser.submit(await browser.open('https://id.test/'), { login: 'alice' });

  expect(sent.url).toBe('https://id.test/login?a=1&b=2');
  expect([...new URLSearchParams(sent.text)]).toEqual([
    ['prompt', 'log"in'],
    ['login', 'alice'],
    ['news', 'yes'],
  ]);
});

test('a form with GET sends its fields in the query', async () => {
  const sites = { 'https://id.test': () => page('<form action="/device"><input name="user_code"></form>') };
  const browser = fakeBrowser(network(sites));

  const sent = await browser.submit(await browser.open('https://id.test/'), { user_code: 'CODE-0001' });

  expect(sent.url).toBe('https://id.test/device?user_code=CODE-0001');
});

test('submit refuses a page without a form', async () => {
  const browser = fakeBrowser(network({ 'https://id.test': () => new Response('no form here', { status: 403 }) }));
  const shown = await browser.open('https://id.test/page');

  await expect(browser.submit(shown)).rejects.toThrow('/page has no form (status 403)');
});

test('a POST from another site is sent without SameSite cookies', async () => {
  const browser = fakeBrowser(
    network({
      'https://app.test': (request) =>
        request.method === 'POST'
          ? showCookies(request)
          : new Response('', {
              headers: [
                ['set-cookie', 'lax=1; Path=/'],
                ['set-cookie', 'none=1; Path=/; SameSite=None; Secure'],
              ],
            }),
      'https://evil.test': () => page('<form method="POST" action="https://app.test/callback"></form>'),
    }),
  );
  await browser.open('https://app.test/');

  const posted = await browser.submit(await browser.open('https://evil.test/'));

  expect(posted.text).toBe('none=1');
});

test.each([303, 307])('redirect %i changes or keeps the method of a POST', async (status) => {
  const browser = fakeBrowser(
    network({
      'https://id.test': async (request) => {
        if (request.url.endsWith('/next')) return new Response(`${request.method} ${await request.text()}`);
        if (request.method === 'POST') return redirectTo('/next', {}, status);
        return page('<form method="post"><input name="a" value="1"></form>');
      },
    }),
  );

  const shown = await browser.submit(await browser.open('https://id.test/'));

  expect(shown.text).toBe(status === 303 ? 'GET ' : 'POST a=1');
});
