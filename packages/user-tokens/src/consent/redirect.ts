import { privateHeaders } from './page.ts';

/** A redirect that is not cached and sends no referrer. */
export function redirect(status: 302 | 303, location: string, cookie: string): Response {
  return new Response(null, { status, headers: { ...privateHeaders, location, 'set-cookie': cookie } });
}
