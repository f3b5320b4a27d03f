import { headersIn } from '../body/light-request.ts';
import type { Stage } from '../core/stage.ts';

/** Says who calls, in `user-agent`, unless the request says so itself. */
export function userAgent(value: string): Stage {
  return (next) => (request, call) => {
    if (headersIn(request)?.has('user-agent') !== true) call.setHeader('user-agent', value);
    return next(request, call);
  };
}
