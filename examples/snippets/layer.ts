import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Layer } from '@bearings/client/layer';

/** Reports each call with its status and number of attempts. */
function withCallLog(report: (line: string) => void): Layer {
  return layer('observe', 'call-log', (next) => async (request, call) => {
    const response = await next(request, call);
    report(`${request.method} ${new URL(request.url).origin} ${response.status} (attempts: ${call.attempt})`);
    return response;
  });
}

const orders = createClient({ baseUrl: 'https://orders.internal' }, withCallLog(console.log));

await orders.get('v1/orders/42');
