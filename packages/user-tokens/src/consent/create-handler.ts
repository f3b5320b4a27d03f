import { answerCallback } from './answer-callback.ts';
import { answerConnect } from './answer-connect.ts';
import type { ConsentContext } from './consent-context.ts';
import { isRebound, matchPath } from './handler-base.ts';
import { errorPages } from './error-pages.ts';
import { page } from './page.ts';

/**
 * Answers `GET …/connect/:id` and `GET …/callback/:connection`, for any framework.
 *
 * @param frameworkContext - passed to `identify`: the framework's own request or context, where the session is
 */
export type Handler = (request: Request, frameworkContext?: unknown) => Promise<Response>;

/** The handler. It never rejects; what fails inside it is a page with status 500 or 503. */
export function createHandler(context: ConsentContext): Handler {
  return async (request, frameworkContext) => {
    try {
      return await route(request, frameworkContext, context);
    } catch {
      return page(errorPages.unavailable);
    }
  };
}

/** The path alone counts: hosts and `X-Forwarded-*` headers are written by proxies and by attackers. */
async function route(request: Request, frameworkContext: unknown, context: ConsentContext): Promise<Response> {
  const url = new URL(request.url);
  const match = matchPath(context.base, url.pathname);
  if (match === undefined) return page(errorPages.notFound);
  if (request.method !== 'GET') return page(errorPages.wrongMethod);
  if (isRebound(url, context.base)) return page(errorPages.wrongHost);
  const { folder, name } = match;
  const received = { request, url, name, frameworkContext };
  return folder === 'connect' ? answerConnect(received, context) : answerCallback(received, context);
}
