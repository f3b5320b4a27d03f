import { ConfigError } from '../errors/index.ts';
import { isResponse } from './is-response.ts';
import { checkLayer } from './layer.ts';
import type { Call } from './call.ts';
import type { Layer } from './layer.ts';
import type { ClientRequest } from './request.ts';
import { slots } from './slots.ts';
import type { ClientContext, Send } from './stage.ts';

/**
 * Sorts layers by their slots. Those of one slot keep their order.
 *
 * @throws ConfigError when a layer is wrong, or two have the same name: the same concern would act twice
 */
export function sortBySlot(layers: readonly Layer[]): readonly Layer[] {
  layers.forEach(checkLayer);
  const sorted = slots.flatMap((slot) => layers.filter((each) => each.slot === slot));
  sorted.forEach(({ name, slot }, place) => {
    if (sorted.findIndex((each) => each.name === name) === place) return;
    throw new ConfigError(
      'layers',
      `Two layers are named "${name}" (slot ${slot}). A client takes each once; the order is ${slots.join(' → ')}`,
    );
  });
  return sorted;
}

/**
 * Joins the layers into one function. The last one is the transport, so nothing comes after it.
 *
 * @throws ConfigError naming a layer whose stage does not return a function
 */
export function compose(stack: readonly Layer[], facts: Omit<ClientContext, 'slot'>): Send {
  return stack.reduceRight<Send>((next, { stage, slot, name }) => {
    const send = stage(next, { ...facts, slot });
    if (typeof send === 'function') return send;
    throw new ConfigError(
      'stage',
      `The stage of the layer "${name}" (slot ${slot}) returned ${kind(send)}, not a function (request, call) => Promise<Response>`,
    );
  }, noTransport);
}

const noTransport: Send = () => Promise.reject(new Error('The transport called next, and nothing comes after it'));

/** Converts what a layer throws. */
type ConvertError = (cause: unknown, request: ClientRequest, call: Call) => unknown;

/**
 * The same layer, whose answers are checked: an error names the layer that answers with something else than a Response,
 * where the stage around it would throw a bare TypeError.
 *
 * @param convert - for the layer's own errors. Default: they stay as they are
 */
export function checkAnswers(layer: Layer, convert?: ConvertError): Layer {
  const { stage, slot, name } = layer;
  const check = (response: Response): Response => {
    if (isResponse(response)) return response;
    throw new ConfigError(
      'layers',
      `The layer "${name}" (slot ${slot}) answered with ${kind(response)}, not with a Response`,
    );
  };
  return {
    ...layer,
    stage(next, client) {
      const send = stage(next, client);
      if (typeof send !== 'function') return send; // compose refuses it
      // `then` takes less than an async function, and each added layer has it in each call
      if (convert === undefined) return (request, call) => Promise.resolve(send(request, call)).then(check);
      return (request, call) =>
        Promise.resolve(send(request, call)).then(check, (cause: unknown) => {
          throw convert(cause, request, call);
        });
    },
  };
}

const kind = (value: unknown): string => (value === null ? 'null' : typeof value);
