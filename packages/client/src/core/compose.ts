import { ConfigError } from '../errors/index.ts';
import { checkLayer, slots } from './slots.ts';
import type { Layer } from './slots.ts';
import { isResponse } from './is-response.ts';
import type { ClientContext, Send } from './stage.ts';
import { toTransportError } from '../stages/transport/transport-error.ts';
import type { TransportErrorContext } from '../stages/transport/transport-error.ts';

/**
 * Puts layers into the order of the slots. Those of one slot keep their order.
 *
 * @throws ConfigError when a layer is wrong, or two have one name: the same concern would act twice
 */
export function arrange(layers: readonly Layer[]): readonly Layer[] {
  layers.forEach(checkLayer);
  const arranged = slots.flatMap((slot) => layers.filter((each) => each.slot === slot));
  arranged.forEach(({ name, slot }, place) => {
    if (arranged.findIndex((each) => each.name === name) === place) return;
    throw new ConfigError(
      'layers',
      `Two layers are named "${name}" (slot ${slot}). A client takes each once; the order is ${slots.join(' → ')}`,
    );
  });
  return arranged;
}

/**
 * Joins the layers into one. The last is the transport, so there is nothing after it to be called.
 *
 * @throws ConfigError naming a layer whose stage gives nothing that could be called
 */
export function compose(stack: readonly Layer[], facts: Omit<ClientContext, 'slot'>): Send {
  return stack.reduceRight<Send>((next, { stage, slot, name }) => {
    const send = stage(next, { ...facts, slot });
    if (typeof send === 'function') return send;
    throw new ConfigError(
      'stage',
      `The stage of the layer "${name}" (slot ${slot}) gave ${kindOf(send)}, not a function (request, call) => Promise<Response>`,
    );
  }, nothing);
}

const nothing: Send = () => Promise.reject(new Error('The transport called what comes after it, and nothing does'));

/** The layer, which is named when it answers with no response, in place of a TypeError from the stage outside it. */
export function mustAnswer(layer: Layer): Layer {
  const { stage, slot, name, alwaysAnswers } = layer;
  if (alwaysAnswers === true) return layer;
  return {
    ...layer,
    stage(next, client) {
      const send = stage(next, client);
      if (typeof send !== 'function') return send; // compose refuses it
      return async (request, call) => {
        const answer = send(request, call);
        const response = await (slot === 'transport' ? toTransportErrors(answer, { request, call }) : answer);
        if (isResponse(response)) return response;
        const got = kindOf(response);
        throw new ConfigError('layers', `The layer "${name}" (slot ${slot}) answered with ${got}, not with a Response`);
      };
    },
  };
}

/** The platform's own failure, as a layer in the place of the network may let it through, is made ours: it may quote. */
async function toTransportErrors(answer: ReturnType<Send>, scene: TransportErrorContext): Promise<Response> {
  try {
    return await answer;
  } catch (cause) {
    const isRaw = cause instanceof TypeError && cause.message === 'fetch failed' && !scene.call.cancelScope.isCancelled;
    throw isRaw ? toTransportError(cause, scene) : cause;
  }
}

const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value);
