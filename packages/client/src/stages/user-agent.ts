import type { Stage } from '../core/stage.ts';

/** Sets `user-agent`, unless the request has one. */
export function userAgent(value: string): Stage {
  return (next) => (request, call) => {
    if (!request.hasHeader('user-agent')) call.headers.set('user-agent', value);
    return next(request, call);
  };
}
