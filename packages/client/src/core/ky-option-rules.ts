import type { Options } from 'ky';
import type { CallOptions } from './call-options.ts';
import type { OptionRules } from './check-options.ts';
import { anyRule, functionRule, numberOrObjectRule, objectRule, timeoutRule } from './option-rules.ts';
import type { OptionRule } from './option-rules.ts';

/** What the `fetch` of a runtime or framework takes besides: Next.js, Cloudflare Workers, Deno, Bun, React Native. */
const extensions = [
  'priority',
  'next',
  'cf',
  'encodeResponseBody',
  'client',
  'decompress',
  'protocol',
  'proxy',
  'tls',
  'unix',
  'verbose',
  's3',
  'reactNative',
  'attributionReporting',
  'browsingTopics',
  'targetAddressSpace',
];

/** The options of `fetch`. They go to the network as they are. */
const fetchRules: OptionRules<RequestInit> = {
  method: anyRule,
  headers: anyRule,
  body: anyRule,
  signal: anyRule,
  cache: anyRule,
  credentials: anyRule,
  duplex: anyRule,
  integrity: anyRule,
  keepalive: anyRule,
  mode: anyRule,
  redirect: anyRule,
  referrer: anyRule,
  referrerPolicy: anyRule,
  window: anyRule,
  dispatcher: anyRule,
};

/** The names of all options that a `fetch` may know. They go to the network as they are. */
export const fetchOptionNames: ReadonlySet<string> = new Set([...Object.keys(fetchRules), ...extensions]);

/** The options of a call: those of ky, of `fetch`, and of the stages. */
export const kyOptionRules: OptionRules<Options & CallOptions> = {
  retry: numberOrObjectRule('a limit'),
  timeout: timeoutRule,
  bodyTimeout: timeoutRule,
  totalTimeout: timeoutRule,
  json: anyRule,
  parseJson: functionRule,
  stringifyJson: functionRule,
  searchParams: anyRule,
  baseUrl: anyRule,
  prefix: anyRule,
  throwHttpErrors: {
    test: (value) => typeof value === 'boolean' || typeof value === 'function',
    expected: 'true, false or a function of the status',
  },
  onDownloadProgress: functionRule,
  onUploadProgress: functionRule,
  fetch: functionRule,
  context: objectRule,
  hooks: {
    test: (value) => objectRule.test(value) && (isMarked(value) || Object.values(Object(value)).every(isHookList)),
    expected: 'an object of lists of functions',
  },
  ...(Object.fromEntries(extensions.map((name) => [name, anyRule])) satisfies Record<string, OptionRule>),
  ...fetchRules,
};

/** True for what ky's `replaceOption` has wrapped: ky checks it. */
const isMarked = (value: unknown): boolean => Object.getOwnPropertySymbols(Object(value)).length > 0;

const isHookList = (list: unknown): boolean =>
  list === undefined || (Array.isArray(list) && list.every((hook) => typeof hook === 'function'));
