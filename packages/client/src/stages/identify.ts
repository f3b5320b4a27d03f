import type { Stage } from '../stage.ts';

/** Says who calls, in `user-agent`, unless the request says so itself. */
export function identify(userAgent: string): Stage {
  return (next) => (request, call) => {
    if (!request.headers.has('user-agent')) call.setHeader('user-agent', userAgent);
    return next(request, call);
  };
}
