import type { Settings } from './client-options.ts';
import { layer } from './core/layer.ts';
import type { Layer, Setting } from './core/layer.ts';
import { concurrencyLimit } from './stages/concurrency/concurrency-limit.ts';
import { httpsOnly } from './stages/https-only.ts';
import { redirect } from './stages/redirect.ts';
import { responseSizeLimit } from './stages/response-size-limit.ts';
import { retry } from './stages/retry/retry.ts';
import { timeout } from './stages/timeout.ts';
import { fetchTransport } from './stages/transport/fetch-transport.ts';
import { userAgent as userAgentStage } from './stages/user-agent.ts';

/** The stages that every client has. A layer in the slot `transport` takes the place of `fetch`. */
export function defaultLayers(settings: Settings, added: readonly Layer[]): readonly Layer[] {
  const { concurrency, maxResponseBytes, redirects, insecureHttp, userAgent } = settings;
  const shown = shownSettings(settings);
  const layers = [
    layer('retry', { name: 'retry', settings: shown.retry }, retry(settings.retry)),
    layer('timeout', { name: 'timeout', settings: shown.timeout }, timeout(settings)),
    layer('userAgent', { name: 'userAgent', settings: { userAgent } }, userAgentStage(userAgent)),
    layer(
      'responseSize',
      { name: 'responseSize', settings: { maxResponseBytes } },
      responseSizeLimit(maxResponseBytes),
    ),
    layer('redirect', { name: 'redirect', settings: { ...redirects } }, redirect(redirects)),
    layer('destination', { name: 'destination', settings: { insecureHttp } }, httpsOnly(settings)),
  ];
  if (concurrency.adaptive || Math.min(concurrency.limit, concurrency.limitPerOrigin) < Infinity) {
    layers.push(
      layer('concurrency', { name: 'concurrency', settings: shown.concurrency }, concurrencyLimit(concurrency)),
    );
  }
  if (added.every(({ slot }) => slot !== 'transport')) {
    layers.push(layer('transport', 'fetch', fetchTransport(settings)));
  }
  return layers;
}

type ShownSettings = Readonly<Record<'retry' | 'timeout' | 'concurrency', Readonly<Record<string, Setting>>>>;

/** Settings as `explain` shows them. */
function shownSettings({
  retry: policy,
  concurrency,
  timeout: attempt,
  bodyTimeout,
  totalTimeout,
}: Settings): ShownSettings {
  const { limit: retries, methods, statusCodes, always, maxRetryAfter, backoffLimit, budget } = policy;
  const { limit: calls, limitPerOrigin, adaptive, queue, queueTimeout } = concurrency;
  return {
    concurrency: { limit: calls, limitPerOrigin, ...(adaptive && { adaptive }), queue, queueTimeoutMs: queueTimeout },
    retry: {
      limit: retries,
      methods,
      statusCodes,
      always,
      backoffLimitMs: backoffLimit,
      maxRetryAfterMs: maxRetryAfter,
      budget: budget === false ? false : `${budget.ratio ?? 0.2} a call, ${budget.minPerSecond ?? 10} a second`,
    },
    timeout: { timeoutMs: attempt, bodyTimeoutMs: bodyTimeout, totalTimeoutMs: totalTimeout },
  };
}
