import { expect, test } from 'vitest';
import { discoverResource } from '../src/index.ts';

const resource = 'https://mcp.example/v1/mcp';
const place = 'https://mcp.example/.well-known/oauth-protected-resource';
const good = {
  resource,
  authorization_servers: ['https://id.example'],
  scopes_supported: ['files.read'],
  name: 'Files',
};

/** A network of documents by URL, and the URLs that were requested. */
function network(documents: Readonly<Record<string, unknown>>): {
  readonly fetch: typeof fetch;
  readonly seen: string[];
} {
  const seen: string[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    seen.push(url);
    const document = documents[url];
    return document === undefined ? new Response(null, { status: 404 }) : Response.json(document);
  };
  return { fetch, seen };
}

test('the metadata of a resource is at the well-known place for its path', async () => {
  const { fetch, seen } = network({ [`${place}/v1/mcp`]: good });

  expect((await discoverResource(resource, { fetch })).unwrap()).toEqual(good);
  expect(seen).toEqual([`${place}/v1/mcp`]);
});

test('without metadata for the path, those of the origin are used', async () => {
  const { fetch, seen } = network({ [place]: { ...good, resource: 'https://mcp.example' } });

  const found = (await discoverResource(resource, { fetch })).unwrap();

  expect(found.resource).toBe('https://mcp.example');
  expect(seen).toEqual([`${place}/v1/mcp`, place]);
});

test('the place that a challenge names is the only one', async () => {
  const metadataUrl = 'https://mcp.example/metadata';
  const { fetch, seen } = network({ [metadataUrl]: good });

  expect((await discoverResource(resource, { fetch, metadataUrl })).isOk()).toBe(true);
  expect(seen).toEqual([metadataUrl]);
});

test('no metadata at all is an error that names the places', async () => {
  const { fetch } = network({});

  expect((await discoverResource(resource, { fetch })).unwrapErr()).toMatchObject({
    code: 'DISCOVERY_HTTP',
    message: `${place}/v1/mcp and ${place} answered 404, where the resource's metadata should be`,
  });
});

test.each([
  ['another origin', { resource: 'https://evil.example/v1/mcp' }],
  ['another path', { resource: 'https://mcp.example/v2' }],
  ['a path that only begins the same', { resource: 'https://mcp.example/v1/mc' }],
  ['a child path', { resource: 'https://mcp.example/v1/mcp/admin' }],
  ['no resource', { resource: undefined }],
  ['no authorization server', { authorization_servers: [] }],
  ['an authorization server over plain HTTP', { authorization_servers: ['http://id.example'] }],
  ['an authorization server with a user', { authorization_servers: ['https://u:CANARY@id.example'] }],
  ['an authorization server that is no text', { authorization_servers: ['https://id.example', 7] }],
  ['authorization servers that are no list', { authorization_servers: 'https://id.example' }],
])('metadata with %s are refused', async (_what, changes) => {
  const { fetch } = network({ [`${place}/v1/mcp`]: { ...good, ...changes } });

  const error = (await discoverResource(resource, { fetch })).unwrapErr();

  expect(error.code).toBe('INVALID_METADATA');
  expect(error.message).not.toContain('CANARY');
});

test.each([resource, `${resource}/`])('a slash at the end of the resource makes no difference: %s', async (named) => {
  const { fetch } = network({ [`${place}/v1/mcp`]: { ...good, resource: named } });

  expect((await discoverResource(`${resource}/`, { fetch })).unwrap().resource).toBe(named);
});

test('metadata of the path must not name the origin', async () => {
  const { fetch } = network({ [`${place}/v1/mcp`]: { ...good, resource: 'https://mcp.example' } });

  expect((await discoverResource(resource, { fetch })).unwrapErr().code).toBe('INVALID_METADATA');
});

test.each(['mcp.example', 'http://mcp.example/', 'https://u:p@mcp.example/', 'https://mcp.example/#a'])(
  'the resource URL %s is refused before anything is sent',
  async (url) => {
    const { fetch, seen } = network({});

    expect((await discoverResource(url, { fetch })).unwrapErr()).toMatchObject({
      code: 'DISCOVERY_CONFIG',
      field: 'resourceUrl',
    });
    expect(seen).toEqual([]);
  },
);

test('scopes that are no texts are dropped', async () => {
  const { fetch } = network({ [`${place}/v1/mcp`]: { ...good, scopes_supported: [7] } });

  expect((await discoverResource(resource, { fetch })).unwrap()).not.toHaveProperty('scopes_supported');
});
