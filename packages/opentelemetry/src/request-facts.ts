import type { ClientRequest } from '@bearings/client/layer';
import type { Attributes } from '@opentelemetry/api';
import { attribute, other } from './attribute.ts';
import { guessTemplate } from '@bearings/client/layer';
import { boundedTemplates, templateMatcher } from './path-template.ts';
import type { TelemetrySettings } from './telemetry-options.ts';

/** What is recorded of a request. */
export interface RequestFacts {
  /** The name of its span. */
  readonly name: string;
  readonly origin: string;
  /** The attributes of metrics: few different values. */
  readonly counted: Attributes;
  /** The attributes of spans: these, and values that differ for every call. */
  readonly traced: Attributes;
}

/** Describes a request. */
export type Describe = (request: ClientRequest) => RequestFacts;

/**
 * Creates the function that describes the requests of one client, with a limited number of templates.
 *
 * User, password, query and fragment of the URL are not recorded. The conventions record the query without known secrets,
 * but a library cannot know which parameters are secret.
 */
export function createDescribe(settings: TelemetrySettings): Describe {
  const { knownMethods } = settings;
  const template = createTemplater(settings);
  return ({ url: text, method }) => {
    const url = new URL(text);
    const isKnown = knownMethods.has(method);
    const urlTemplate = template(url, method);
    const counted: Attributes = {
      [attribute.method]: isKnown ? method : other,
      [attribute.serverAddress]: url.hostname.replaceAll(/^\[|\]$/g, ''),
      [attribute.serverPort]: serverPort(url),
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

const serverPort = ({ port, protocol }: URL): number => {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
};

/** Creates the function that names a template. One client has at most `maxTemplates`, besides `pathTemplates`. */
function createTemplater({
  pathTemplates,
  maxTemplates,
  classify,
}: TelemetrySettings): (url: URL, method: string) => string | undefined {
  const bounded = boundedTemplates(maxTemplates);
  const written = templateMatcher(pathTemplates);
  if (classify === undefined) return ({ pathname }) => written(pathname) ?? bounded(guessTemplate(pathname));
  return (url, method) => {
    try {
      const template = classify(url, method);
      return template === undefined ? undefined : bounded(template);
    } catch {
      return undefined; // a call does not fail because of its template
    }
  };
}
