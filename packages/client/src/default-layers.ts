import type { Settings } from './client-options.ts';
import { layer } from './core/slots.ts';
import type { Layer, Setting } from './core/slots.ts';
import { httpsOnly } from './stages/https-only.ts';
import { userAgent as setUserAgent } from './stages/user-agent.ts';
import { responseSizeLimit } from './stages/response-size-limit.ts';
import { redirect } from './stages/redirect.ts';
import { retry } from './stages/retry/retry.ts';
import { concurrencyLimit } from './stages/concurrency/concurrency-limit.ts';
import { timeout } from './stages/timeout.ts';
import { transport } from './stages/transport/fetch-transport.ts';

/** The stages every client has. A layer in the transport slot takes the place of `fetch`. */
export function builtIn(settings: Settings, layers: readonly Layer[]): readonly Layer[] {
  const { concurrency, maxResponseBytes, redirects, insecureHttp, userAgent } = settings;
  const labels = labelsOf(settings);
  const always = [
    layer('retry', { name: 'retry', settings: labels.retry }, retry(settings.retry)),
    layer('timeout', { name: 'timeout', settings: labels.timeout }, timeout(settings)),
    layer('userAgent', { name: 'userAgent', settings: { userAgent } }, setUserAgent(userAgent)),
    layer(
      'responseSize',
      { name: 'responseSize', settings: { maxResponseBytes } },
      responseSizeLimit(maxResponseBytes),
    ),
    layer('redirect', { name: 'redirect', settings: { ...redirects } }, redirect(redirects)),
    layer('destination', { name: 'destination', settings: { insecureHttp } }, httpsOnly(settings)),
  ];
  if (Math.min(concurrency.limit, concurrency.limitPerOrigin) < Infinity) {
    always.push(
      layer('concurrency', { name: 'concurrency', settings: labels.concurrency }, concurrencyLimit(concurrency)),
    );
  }
  if (layers.every(({ slot }) => slot !== 'transport')) {
    always.push(layer('transport', 'fetch', transport(settings.fetch)));
  }
  return always;
}

type Labels = Readonly<Record<'retry' | 'timeout' | 'concurrency', Readonly<Record<string, Setting>>>>;

function labelsOf({ retry: policy, concurrency, timeout: head, bodyTimeout, totalTimeout }: Settings): Labels {
  const { limit: most, methods, statusCodes, always, maxRetryAfter, backoffLimit, budget } = policy;
  const { limit: atOnce, limitPerOrigin, queue, queueTimeout } = concurrency;
  return {
    concurrency: { limit: atOnce, limitPerOrigin, queue, queueTimeoutMs: queueTimeout },
    retry: {
      limit: most,
      methods,
      statusCodes,
      always,
      backoffLimitMs: backoffLimit,
      maxRetryAfterMs: maxRetryAfter,
      budget: budget === false ? false : `${budget.ratio ?? 0.1} a call, ${budget.reserve ?? 10} in reserve`,
    },
    timeout: { timeoutMs: head, bodyTimeoutMs: bodyTimeout, totalTimeoutMs: totalTimeout },
  };
}
