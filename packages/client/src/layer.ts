/** What authors of layers need: the contract of a stage, and the parts that the built-in stages are made of. */
export { layer } from './core/layer.ts';
export type { Layer, LayerLabel, ReadThumbprint, Setting } from './core/layer.ts';
export { slots } from './core/slots.ts';
export type { Slot } from './core/slots.ts';
export type { StatusPart } from './core/client-status.ts';
export type { ClientContext, Send, Stage } from './core/stage.ts';
export { ClientRequest } from './core/request.ts';
export type { FetchOptions, ReadonlyHeaders, RequestParts } from './core/request.ts';
export type { ReplayableBody, RequestBody } from './body/request-body.ts';
export { Call } from './core/call.ts';
export type { BackoffListener, CallContext } from './core/call.ts';
export type { CallHeaders } from './core/call-headers.ts';
export type { CallOptions } from './core/call-options.ts';
export type { CallPhase } from './errors/timeout.ts';
export type { CancelScope } from './core/cancel-scope.ts';
export { addBodyHook } from './body/hooked-body.ts';
export { bodyHooks, BodyHooks } from './body/body-hooks.ts';
export type { BodyHook, HasBodyHooks, Read } from './body/body-hooks.ts';
export { discard } from './body/discard.ts';
export { withBody } from './body/hooked-stream.ts';
export { parseJson } from './body/parse-json.ts';
export { toTransportError } from './stages/transport/transport-error.ts';
export type { TransportErrorContext } from './stages/transport/transport-error.ts';
export { isRequestBound } from './core/request-bound.ts';
export { rateLimitResetMs, retryAfterMs } from './time/retry-after.ts';
export { directoryUrl, isSecure } from './security/url.ts';
export { untilAborted, wait } from './time/until-aborted.ts';
export { checkOptions } from './core/check-options.ts';
export type { OptionRules, OptionsContext } from './core/check-options.ts';
export { notifyListener } from './core/notify-listener.ts';
export { closestName } from './core/closest-name.ts';
export {
  anyRule,
  assertOption,
  booleanRule,
  clockRule,
  countRule,
  functionRule,
  headerNameRule,
  listRule,
  methodsRule,
  millisecondsRule,
  objectRule,
  oneOfRule,
  stringRule,
  transportLayerRule,
  wholeNumberRule,
} from './core/option-rules.ts';
export type { OptionRule } from './core/option-rules.ts';
export { layersKey } from './explain.ts';
export { guessTemplate } from './errors/path-template.ts';
