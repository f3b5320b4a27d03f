import { OverloadedError } from '../errors.ts';
import type { Stage } from '../stage.ts';

/**
 * Lets so many calls at once and no more, so that a slow server does not fill this service with waiting calls.
 *
 * A call counts from here until its response head.
 *
 * @throws OverloadedError at once when full; nothing was sent
 */
export function shed(limit: number): Stage {
  return (next) => {
    let underWay = 0;
    return async (request, call) => {
      if (underWay >= limit) throw new OverloadedError(limit);
      underWay += 1;
      try {
        return await next(request, call);
      } finally {
        underWay -= 1;
      }
    };
  };
}
