import type { FlowRecord } from '../store/flow-record.ts';
import type { Identity } from '../user-tokens-options.ts';
import type { ConsentContext } from './consent-context.ts';
import { flowFacts } from './consent-event.ts';
import type { HandlerRequest } from './handler-request.ts';
import { errorPages } from './error-pages.ts';
import { page } from './page.ts';

/**
 * The page for a request that is not from the flow's own user; `undefined` when it is. A session without a user may be
 * `null` or `''` in JavaScript: it is signed out, and a tenant that is `null` is none.
 */
export async function refuseOtherUser(
  flow: FlowRecord,
  { request, frameworkContext }: HandlerRequest,
  { identify, report }: ConsentContext,
): Promise<Response | undefined> {
  let identity: string | Identity | undefined;
  try {
    identity = await identify(request, frameworkContext);
  } catch {
    return page(errorPages.identifyFailed);
  }
  const { user, tenant }: Partial<Identity> = typeof identity === 'string' ? { user: identity } : (identity ?? {});
  if (user === flow.user && (tenant ?? '') === flow.tenant) return undefined;
  const reason = user ? 'other_user' : 'signed_out';
  report({ type: 'consent-refused', ...flowFacts(flow), reason });
  return page(user ? errorPages.otherUser : errorPages.signedOut);
}
