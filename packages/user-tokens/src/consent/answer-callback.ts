import type { FlowRecord } from '../store/flow-record.ts';
import { bindingCookie, matchCookie, writeCookie } from './binding-cookie.ts';
import { readCallbackQuery } from './callback-query.ts';
import type { CheckedCallback } from './checked-callback.ts';
import { completeFlow } from './complete-flow.ts';
import type { Completion } from './complete-flow.ts';
import { completionPage } from './completion-page.ts';
import type { ConsentContext } from './consent-context.ts';
import { flowFacts } from './consent-event.ts';
import type { HandlerRequest } from './handler-request.ts';
import { endedPage, errorPages } from './error-pages.ts';
import { hashText } from './flow-secret.ts';
import { page } from './page.ts';
import { redirect } from './redirect.ts';
import { refuseOtherUser } from './refuse-other-user.ts';
import { untilStored } from './until-stored.ts';

/**
 * `GET /callback/:connection`: the authorization server's answer.
 *
 * Everything that can be checked is checked before the code is spent, in this order: the form of the request, the state,
 * the user, the browser, that the flow has not been used, the issuer, the server's error. A request that fails a check
 * up to the browser changes nothing: the flow keeps waiting for its own user.
 */
export async function answerCallback(received: HandlerRequest, context: ConsentContext): Promise<Response> {
  const { store, base, connections } = context;
  const query = readCallbackQuery(received.url.searchParams);
  if (query === undefined) return page(errorPages.invalidCallback);
  const flow = await store.findFlowByState(hashText(query.state));
  const connection = connections.get(received.name);
  if (flow?.connection !== received.name || connection === undefined) return page(errorPages.invalidCallback);
  const refusal = await refuseOtherUser(flow, received, context);
  if (refusal !== undefined) return refusal;
  if (flow.status !== 'pending') return page(endedPage(flow));
  const cookie = bindingCookie(flow.id, base);
  const bindingHash = matchCookie(cookie, received.request.headers, flow.bindingHash);
  if (bindingHash === undefined) {
    context.report({ type: 'consent-refused', ...flowFacts(flow), reason: 'other_browser' });
    return page(errorPages.otherBrowser);
  }
  const server = await connection.server(); // no check yet: while the server is down, the flow keeps waiting
  if (server.isErr()) return page({ ...errorPages.unavailable, returnTo: flow.returnTo });
  const consumed = await store.consumeFlow(flow.stateHash, bindingHash);
  if (consumed === undefined) return page(endedPage((await store.getFlow(flow.id)) ?? { ...flow, status: 'expired' }));
  const completion = await finish(consumed, { query, connection, server: server.value }, context);
  const removal = writeCookie(cookie, '', 0);
  if (completion.status === 'completed') return redirect(303, flow.returnTo, removal);
  return page({ ...completionPage(completion, flow), headers: { 'set-cookie': removal } });
}

/** Completes a flow and records how it ended. */
async function finish(flow: FlowRecord, callback: CheckedCallback, context: ConsentContext): Promise<Completion> {
  const completion = await completeFlow(flow, callback, context);
  const { status } = completion;
  const outcome =
    status === 'completed' ? { status, grantId: completion.grant.id } : { status, reason: completion.reason };
  try {
    await untilStored(() => context.store.finishFlow(flow.id, outcome), context.clock);
  } catch {
    // the flow reads as interrupted when it has expired; what the user has granted is stored already
  }
  context.report(toEvent(completion, flow));
  context.listeners.notify(flow.id);
  return completion;
}

function toEvent(completion: Completion, flow: FlowRecord): Parameters<ConsentContext['report']>[0] {
  const facts = flowFacts(flow);
  switch (completion.status) {
    case 'completed':
      return {
        type: 'consent-completed',
        ...facts,
        grantId: completion.grant.id,
        account: completion.grant.account,
      };
    case 'denied':
      return { type: 'consent-denied', ...facts, reason: completion.reason };
    case 'failed':
      break;
  }
  return { type: 'consent-failed', ...facts, reason: completion.reason, error: completion.error };
}
