import { mutantsIn } from './mutant.ts';
import type { Mutant } from './mutant.ts';

/** Wrong changes of consent: whose link, which browser, which server, which account, how often a code is sent. */
export const userTokensMutants: readonly Mutant[] = mutantsIn('user-tokens', {
  'consent/answer-callback.ts': [
    ['flow?.connection !== received.name || connection', 'flow === undefined || connection'],
    [
      '  const refusal = await refuseOtherUser(flow, received, context);\n  if (refusal !== undefined) return refusal;\n',
      '',
    ],
    ['matchCookie(cookie, received.request.headers, flow.bindingHash)', 'flow.bindingHash'],
    ['  context.listeners.notify(flow.id);\n', ''],
    ['  context.report(toEvent(completion, flow));\n', ''],
    ["const removal = writeCookie(cookie, '', 0);", "const removal = writeCookie(cookie, '', 600_000);"],
  ],
  'consent/answer-connect.ts': [
    ["if (flow?.kind !== 'code') return", 'if (flow === undefined) return'],
    [
      '  const refusal = await refuseOtherUser(flow, received, context);\n  if (refusal !== undefined) return refusal;\n',
      '',
    ],
    ["  if (flow.status !== 'pending') return page(endedPage(flow));\n", ''],
    ['  if (server.issuer !== flow.issuer) return undefined;\n', ''],
    ['secret.binding !== undefined || connection', 'connection'],
    ['secret.binding !== undefined || connection.dpopKeys.isOn', 'secret.binding !== undefined'],
    ['  if (!(await store.finishFlow(flow.id, failure))) return pageOfEnded(flow, store);\n', ''],
    ['  listeners.notify(flow.id);\n', ''],
    ['isSecure(url) || (config.insecureHttp', "url.protocol !== 'javascript:' || (config.insecureHttp"],
  ],
  'consent/refuse-other-user.ts': [
    ["user === flow.user && (tenant ?? '') === flow.tenant", 'user === flow.user'],
    ["user === flow.user && (tenant ?? '') === flow.tenant", "(tenant ?? '') === flow.tenant"],
  ],
  'consent/complete-flow.ts': [
    ["  if (issuer !== flow.issuer) throw new FlowFailure('client_changed');\n", ''],
    ['if (iss !== undefined && iss !== issuer)', 'if (iss !== undefined && iss === issuer)'],
    ["  if (iss === undefined && isAdvertised) throw new FlowFailure('issuer_missing');\n", ''],
    ['  if (query.error !== undefined) throw readAuthorizationError(query, secret);\n', ''],
    ["  if (flow.account !== '' && account !== flow.account) throw new FlowFailure('other_account');\n", ''],
    ["    retry: 'never',\n", "    retry: 'once',\n"],
    ["      ['code_verifier', verifier],\n", ''],
    ['    dpopKey: bound?.key,\n', ''],
    ["  if (bound === undefined) throw new FlowFailure('client_changed');\n", ''],
    ['{ binding: bound?.binding, isPublic: connection.isPublic }', '{}'],
    ["  if (isForgotten) throw new FlowFailure('user_forgotten');\n", ''],
  ],
  'consent/binding-cookie.ts': [
    ["'HttpOnly', 'SameSite=Lax'", "'SameSite=Lax'"],
    ["...(isSecure ? ['Secure'] : [])", ''],
    ["${isSecure ? '__Host-' : ''}", ''],
    ['return isEqual(hash, bindingHash) ? hash : undefined;', 'return bindingHash;'],
  ],
  'consent/callback-query.ts': [
    ['query.getAll(name).length > 1 || ', ''],
    ["|| (query.get(name) ?? '').length > maxLength", ''],
  ],
  'consent/authorization-url.ts': [
    ["query.set('code_challenge_method', 'S256');", "query.set('code_challenge_method', 'plain');"],
    ['hashText(secret.verifier)', 'secret.verifier'],
    ["  if (isOpenId) query.set('nonce', secret.nonce);\n", ''],
    ["  if (secret.binding !== undefined) query.set('dpop_jkt', secret.binding.thumbprint);\n", ''],
    ["  if (isOpenId && scopes.includes('offline_access')) query.set('prompt', 'consent');\n", ''],
  ],
  'consent/validate-id-token.ts': [
    ['      audience: clientId,\n', ''],
    ['      issuer,\n', ''],
    ['      currentDate: new Date(nowMs),\n', ''],
    ["|| claims['nonce'] !== nonce", ''],
    ['if (!isParty || !isSubject', 'if (!isSubject'],
  ],
  'consent/create-authorize.ts': [
    ['    if (known !== undefined) return known;\n', ''],
    ['each.expiresInMs * 2 >= flowLifetimeMs', 'each.expiresInMs >= 0'],
    ['    checkReturnTo(returnTo);\n', ''],
    ['shownReason ?? (grant && (await findSealedReason(grant, connection, context.vault)))', 'shownReason'],
  ],
  'consent/page.ts': [["  '<': '&lt;',\n", '']],
  'consent/create-handler.ts': [
    ["  if (request.method !== 'GET') return page(errorPages.wrongMethod);\n", ''],
    ['  if (isRebound(url, context.base)) return page(errorPages.wrongHost);\n', ''],
  ],
  'tool/create-tool.ts': [
    ['    parts.forget(identity);\n', ''],
    ['        if (needed === undefined) throw cause;\n        return needed;', '        throw cause;'],
  ],
  'consent/device/device-response.ts': [
    ['isSecure(url) ||', 'true ||'],
    ['interval > 0 ? interval', 'interval > 0 ? interval * 2'],
    ['lifetimeMs < Infinity', 'true'],
    ['/^[\\x20-\\x7e]*[\\x21-\\x7e]$/.test(value)', 'true'],
  ],
  'consent/device/poll-device-token.ts': [
    ['const slowDownMs = 5_000;', 'const slowDownMs = 0;'],
    ['intervalMs += slowDownMs', 'pauseMs += slowDownMs'],
    [', dpopKey: bound?.key }', ' }'],
    ['if (pauseMs > leftMs) return undefined;', 'if (leftMs <= 0) return undefined;'],
    ['Math.min(pauseMs * 2, longestPauseMs)', 'pauseMs * 2'],
    ['Math.max(pauseMs, error.retryAfterMs ?? 0)', 'pauseMs'],
    ["    case 'authorization_pending':\n", ''],
    ["      throw new FlowFailure('access_denied');\n", "      return 'pending';\n"],
    ['    cancel();\n', ''],
  ],
  'consent/device/create-authorize-device.ts': [
    ['    signal.throwIfAborted();\n', ''],
    [
      "    if (token === undefined) return { status: 'expired' };\n",
      "    if (token === undefined) return { status: 'failed' };\n",
    ],
    ["    report({ type: 'consent-completed', ...facts, grantId, account });\n", ''],
    ['connection.server({ isDpop: connection.dpopKeys.isOn })', 'connection.server()'],
  ],
  'grant/open-grant.ts': [
    [' || hasLostKey(opened)', ''],
    ['isPublic && hasLostKey(opened)', 'hasLostKey(opened)'],
    ['isPublic && hasLostKey(opened)', 'false'],
    ['return pair.access.expose() !== need.rejected.expose();', 'return grant.version > need.version;'],
  ],
  'grant/send-refresh.ts': [['    dpopKey,\n', '']],
  'grant/renew-grant.ts': [
    ['version: grant.version + 1 }, pair, bound }', 'version: grant.version + 1 }, pair }'],
    ['isRebound ? 0 : accessExpiresInMs - tookMs', 'accessExpiresInMs - tookMs'],
    ['isRebound ? bound?.binding : pair.binding', 'pair.binding'],
    ['hasRefreshToken: true, lastError }', 'hasRefreshToken: true }'],
  ],
  'grant/rotated-token.ts': [
    ["|| typeof error === 'string') return", ') return'],
    ['status >= 200 && status <= 299 ?', 'status > 0 ?'],
  ],
  'grant/grant-vault.ts': [
    ['return isBound && binding.thumbprint !== consent.binding?.thumbprint ? undefined : refresh;', 'return refresh;'],
    ['const isBound = consent.isPublic === true && binding', 'const isBound = binding'],
  ],
  'handle/held-grant.ts': [['generation, ...signing }', 'generation }']],
  'loopback/open-loopback.ts': [
    ['url.origin !== server.origin || url.pathname', 'url.pathname'],
    ['url.origin !== server.origin || url.pathname !== receiver.path', 'url.origin !== server.origin'],
    ['if (location === null) return undefined;', "if (location === null) return '';"],
  ],
  'loopback/with-memory-flows.ts': [['? flows : target', '? target : target']],
});
