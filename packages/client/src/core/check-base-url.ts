import { ConfigError } from '../errors/index.ts';
import { directoryUrl } from '../security/url.ts';

/** @throws ConfigError for a base URL whose last path segment would be dropped when a path is resolved against it */
export function checkBaseUrl(url: URL): void {
  const remedy = directoryUrl(url);
  if (remedy === undefined) return;
  throw new ConfigError(
    'baseUrl',
    `baseUrl would lose its last segment when a path is resolved against it. Write baseUrl: '${remedy}' or prefix: '${remedy.slice(0, -1)}'`,
  );
}
