import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { checkOptions, clockRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { serverClock } from '../clock/server-clock.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { cookieJar } from './cookie-jar.ts';
import { findForm } from './html-form.ts';
import { navigate } from './navigate.ts';
import type { Navigation, Page } from './navigate.ts';

/** Options of `open` and `submit`. */
export interface OpenOptions {
  /** The browser does not follow a redirect to a URL that starts with this. Default: it follows all. */
  readonly stopBefore?: string;
}

/** Options of `fakeBrowser`. */
export interface FakeBrowserOptions {
  /** The clock by which cookies expire. Default: the system clock. */
  readonly clock?: Clock | VirtualClock;
}

/** The browser of one user. It follows redirects and keeps cookies, by origin. It runs no scripts. */
export interface FakeBrowser {
  /** Opens a URL. */
  open(url: string, options?: OpenOptions): Promise<Page>;
  /**
   * Submits the first form of a page.
   *
   * @param fields - what the user enters; the other fields keep their values
   * @throws TypeError if the page has no form
   */
  submit(page: Page, fields?: Readonly<Record<string, string>>, options?: OpenOptions): Promise<Page>;
  /** The `cookie` header that it sends to a URL. */
  cookies(url: string): string | undefined;
}

const rules: OptionRules<FakeBrowserOptions> = { clock: clockRule };
const openRules: OptionRules<OpenOptions> = { stopBefore: stringRule };

/**
 * Creates a browser without cookies.
 *
 * @param fetch - how it reaches servers, such as `combineFetch(issuer, app)`. Default: the global `fetch`
 */
export function fakeBrowser(
  fetch: typeof globalThis.fetch = globalThis.fetch,
  options: FakeBrowserOptions = {},
): FakeBrowser {
  checkOptions(options, rules, { owner: 'fakeBrowser' });
  const jar = cookieJar(serverClock(options.clock ?? systemClock));

  const send = async ({ url, body, isCrossSite }: Navigation): Promise<Response> => {
    const cookie = jar.header(url, body !== undefined && isCrossSite);
    const headers = { accept: 'text/html', ...(cookie === undefined ? {} : { cookie }) };
    const method = body === undefined ? 'GET' : 'POST';
    const response = await fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
    jar.store(url, response.headers);
    return response;
  };

  return {
    async open(url, openOptions = {}) {
      checkOptions(openOptions, openRules, { owner: 'open' });
      return navigate({ url: new URL(url), body: undefined, isCrossSite: false }, { send, ...openOptions });
    },
    async submit(page, fields = {}, openOptions = {}) {
      checkOptions(openOptions, openRules, { owner: 'submit' });
      return navigate(submission(page, fields), { send, ...openOptions });
    },
    cookies: (url) => jar.header(new URL(url), false),
  };
}

function submission(page: Page, fields: Readonly<Record<string, string>>): Navigation {
  const form = findForm(page.text, page.url);
  if (form === undefined) throw new TypeError(`${new URL(page.url).pathname} has no form (status ${page.status})`);
  const sent = new URLSearchParams({ ...form.fields, ...fields });
  const isCrossSite = form.action.origin !== new URL(page.url).origin;
  if (form.method === 'POST') return { url: form.action, body: sent, isCrossSite };
  const url = new URL(form.action);
  url.search = sent.toString();
  return { url, body: undefined, isCrossSite };
}
