import type { ClientRequest } from '@bearings/client/layer';
import type { Attributes } from '@opentelemetry/api';
import { attribute, other } from './attribute.ts';
import { boundedTemplates, templateMatcher, templateOf } from './path-template.ts';
import type { TelemetrySettings } from './telemetry-options.ts';

/** What may be told of a request. */
export interface RequestFacts {
  /** The name of its span. */
  readonly name: string;
  readonly origin: string;
  /** The few values by which calls are counted. */
  readonly counted: Attributes;
  /** Those and the ones that are different for every call. */
  readonly traced: Attributes;
}

/** Tells what may be told of a request. */
export type Describe = (request: ClientRequest) => RequestFacts;

/**
 * Makes what describes the requests of one client, which has so many templates and no more.
 *
 * Of the URL neither user, password, query nor fragment is told. The conventions ask for the query with known secrets
 * taken out; which parameters are secret is nothing a library can know.
 */
export function describer(settings: TelemetrySettings): Describe {
  const { knownMethods } = settings;
  const template = templater(settings);
  return ({ url: text, method }) => {
    const url = new URL(text);
    const isKnown = knownMethods.has(method);
    const urlTemplate = template(url, method);
    const counted: Attributes = {
      [attribute.method]: isKnown ? method : other,
      [attribute.serverAddress]: url.hostname.replaceAll(/^\[|\]$/g, ''),
      [attribute.serverPort]: portOf(url),
      [attribute.urlScheme]: url.protocol.slice(0, -1),
    };
    if (urlTemplate !== undefined) counted[attribute.urlTemplate] = urlTemplate;
    const traced: Attributes = { ...counted, [attribute.urlFull]: `${url.origin}${url.pathname}` };
    if (!isKnown) traced[attribute.methodOriginal] = method;
    const verb = isKnown ? method : 'HTTP';
    const name = urlTemplate === undefined ? verb : `${verb} ${urlTemplate}`;
    return { name, origin: url.origin, counted, traced };
  };
}

const portOf = ({ port, protocol }: URL): number => {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
};

/** Whatever gives the template, one client has no more than `maxTemplates` that nobody wrote down. */
function templater({
  pathTemplates,
  maxTemplates,
  classify,
}: TelemetrySettings): (url: URL, method: string) => string | undefined {
  const bounded = boundedTemplates(maxTemplates);
  const written = templateMatcher(pathTemplates);
  if (classify === undefined) return ({ pathname }) => written(pathname) ?? bounded(templateOf(pathname));
  return (url, method) => {
    try {
      const template = classify(url, method);
      return template === undefined ? undefined : bounded(template);
    } catch {
      return undefined; // a call does not fail because nobody can name it
    }
  };
}
