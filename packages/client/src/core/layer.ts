import { ConfigError } from '../errors/index.ts';
import { assertOption, objectRule } from './option-rules.ts';
import { slots } from './slots.ts';
import type { Slot } from './slots.ts';
import type { Stage } from './stage.ts';

/** What a setting of a layer may be, for `explain` to show. Never a secret. */
export type Setting = string | number | boolean | readonly (string | number)[];

/** The name of a layer in `client.stages`, and the settings that `explain(client)` shows. */
export interface LayerLabel {
  readonly name: string;
  /** Shown in the order given. A number whose name ends in `Ms` or `Bytes` is shown with its unit. Default: none. */
  readonly settings?: Readonly<Record<string, Setting>>;
}

/** A stage, its slot, and its label. */
export interface Layer extends LayerLabel {
  readonly slot: Slot;
  readonly stage: Stage;
  /**
   * For a transport that presents a client certificate (mTLS): reads the SHA-256 thumbprint of the one that new connections
   * present, as base64url without padding (`x5t#S256`, RFC 8705 §3.1). Default: it presents none, or that is not known.
   */
  readonly clientCertificate?: ReadThumbprint | undefined;
}

/** Rejects when the certificate cannot be read. */
export type ReadThumbprint = () => Promise<string>;

/**
 * Makes a layer for `createClient`.
 *
 * Several layers in one slot keep the order in which they are listed. A layer in `transport` takes the place of `fetch`.
 *
 * @param label - a name, unique within a client, or a name and the settings to show
 * @throws ConfigError when there is no such slot, or the stage is not a function
 */
export function layer(slot: Slot, label: string | LayerLabel, stage: Stage): Layer {
  const { name, settings = {} } = typeof label === 'string' ? { name: label } : label;
  const made = Object.freeze({ slot, name, settings: Object.freeze({ ...settings }), stage });
  checkLayer(made);
  return made;
}

const layerRule = { ...objectRule, expected: 'layers, or lists of layers' };

/**
 * Checks a layer. One may be written by hand, in JavaScript, and a layer in an unknown slot would be left out silently.
 *
 * @throws ConfigError
 */
export function checkLayer(given: Layer): void {
  assertOption('layers', given, layerRule);
  const { slot, name, stage } = given;
  if (!slots.includes(slot)) {
    throw new ConfigError('slot', `There is no slot ${JSON.stringify(slot)}. From the outside in: ${slots.join(', ')}`);
  }
  if (typeof stage === 'function') return;
  throw new ConfigError(
    'stage',
    `The stage of the layer "${name}" (slot ${slot}) is not a function but ${typeof stage}`,
  );
}
