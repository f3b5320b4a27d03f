import type { DefaultTheme } from 'vitepress';
import { listSourcePages } from './source-pages.ts';

type Item = DefaultTheme.SidebarItem;

const item = ([text, link]: readonly [string, string]): Item => ({ text, link: `/${link}` });
const group = (text: string, items: readonly (readonly [string, string])[], collapsed?: boolean): Item => ({
  text,
  items: items.map(item),
  ...(collapsed !== undefined && { collapsed }),
});

/** The pages of a folder, by their own names. */
const folder = (name: string): [string, string][] =>
  listSourcePages()
    .map(({ page }) => page)
    .filter((page) => page.startsWith(`${name}/`) && !page.endsWith('/index'))
    .map((page) => [page.slice(name.length + 1), page]);

const guides: readonly Item[] = [
  group('Tutorials', [
    ['Your first client', 'tutorials/first-client'],
    ['Test your service', 'tutorials/test-your-service'],
    ['From code to a config file', 'tutorials/config-file'],
    ['Act for a user', 'tutorials/act-for-a-user'],
  ]),
  group('Authenticate', [
    ['Rotate a secret', 'how-to/rotate-a-secret'],
    ['Many tenants', 'how-to/many-tenants'],
    ['Without a secret', 'stronger-tokens'],
    ['Tokens of users', 'user-tokens'],
    ['Providers', 'providers'],
    ['One token for all replicas', 'token-store'],
  ]),
  group('Call', [
    ['Timeouts and deadlines', 'how-to/timeouts'],
    ['Page through a list', 'how-to/page-through-a-list'],
    ['Profiles', 'profiles'],
    ['Circuit breaker', 'circuit-breaker'],
    ['Hedging, rate limits and more', 'layers'],
    ['Write a layer', 'write-a-layer'],
    ['Libraries that take a fetch', 'examples/drop-in'],
  ]),
  group('Run', [
    ['A 401 at 3 a.m.', 'how-to/find-a-401'],
    ['Operations', 'operations'],
    ['Lambda and edge', 'how-to/lambda-and-edge'],
    ['Runtimes', 'runtimes'],
    ["Failures of users' tokens", 'user-tokens-failures'],
    ['Supported versions', 'support'],
  ]),
  {
    text: 'Migrate',
    collapsed: true,
    items: [['Measured', 'migrate/'] as const, ...folder('migrate')].map(item),
  },
  group('Explanation', [
    ['The life of a token', 'explanation/token-lifecycle'],
    ['Why retry → auth → timeout', 'explanation/stage-order'],
    ['What a 401 means', 'explanation/what-a-401-means'],
    ['Security model', 'explanation/security-model'],
    ['Beside other clients', 'explanation/beside-others'],
    ['Performance', 'performance'],
  ]),
];

const reference: readonly Item[] = [
  group('Reference', [
    ['Errors', 'errors'],
    ['Tokens', 'tokens'],
    ['Retry', 'retry'],
    ['Config file', 'config'],
    ['Command line', 'cli'],
    ['Metrics and spans', 'packages/opentelemetry'],
    ['Test kit', 'testing'],
    ['Redaction', 'redaction'],
    ['Differences from ky', 'differences-from-ky'],
  ]),
  group('Packages', folder('packages')),
  group('API', folder('api')),
  group('Examples', folder('examples'), true),
];

const referencePaths =
  '/api/ /packages/ /examples/ /errors /tokens /retry /config /cli /testing /redaction /differences-from-ky'.split(' ');

/** The navigation of every page. The reference has its own. */
export const sidebar: DefaultTheme.Sidebar = {
  ...Object.fromEntries(
    referencePaths.map((path) => [path, [...reference, { text: 'Guides', link: '/tutorials/first-client' }]]),
  ),
  // last: the first path that fits is taken
  '/': [...guides, { text: 'Reference', link: '/errors' }, { text: 'All pages', link: '/contents' }],
};
