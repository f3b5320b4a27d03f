import { headersIn } from '../light-request.ts';
import type { Stage } from '../stage.ts';

/** Says who calls, in `user-agent`, unless the request says so itself. */
export function userAgent(userAgent: string): Stage {
  return (next) => (request, call) => {
    if (headersIn(request)?.has('user-agent') !== true) call.setHeader('user-agent', userAgent);
    return next(request, call);
  };
}
