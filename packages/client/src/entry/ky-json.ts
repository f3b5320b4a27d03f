import type { ResponsePromise } from 'ky';
import { parseJson } from '../body/parse-json.ts';
import type { KyBridge } from './ky-bridge.ts';
import { isStandardSchema } from './schema.ts';

/**
 * Keeps `json()` of what ky answers with from quoting the body in its error, and the check by a schema within the call's
 * total time.
 */
export function withSafeJson(promise: ResponsePromise, bridge: KyBridge): ResponsePromise {
  const json = promise.json.bind(promise);
  // runs before what the caller does with the response
  promise.then(protectJson, () => {});
  return Object.assign(promise, {
    json(schema?: Parameters<ResponsePromise['json']>[0]) {
      if (schema === undefined) return json();
      bridge.hasSchema = true;
      return json(isStandardSchema(schema) ? withDeadline(schema, bridge) : schema);
    },
  });
}

/** Other responses of ours do that themselves: this one is of a hook, or ky has made it for progress. */
function protectJson(response: Response | undefined): void {
  if (!(response instanceof Response) || response.json !== Response.prototype.json) return;
  Object.assign(response, { json: async () => parseJson(await response.text()) });
}

type Schema = NonNullable<Parameters<ResponsePromise['json']>[0]>;

function withDeadline(schema: Schema, bridge: KyBridge): Schema {
  const standard = schema['~standard'];
  const validate: typeof standard.validate = (value) => bridge.race(() => standard.validate(value), { phase: 'parse' });
  return { '~standard': { ...standard, validate } };
}
