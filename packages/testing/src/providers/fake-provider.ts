import { assertOption, oneOfRule } from '@bearings/client/layer';
import { fakeIssuer } from '../issuer/fake-issuer.ts';
import type { FakeIssuer } from '../issuer/fake-issuer.ts';
import type { FakeIssuerOptions } from '../issuer/issuer-options.ts';
import { fakeProviderOptions } from './fake-provider-options.ts';
import type { FakeProviderName } from './fake-provider-name.ts';

/**
 * Creates an issuer that behaves like a known provider: its tokens, lifetimes, rotation and error responses.
 *
 * It has the paths of the fake issuer, not those of the provider: pass `issuer.endpoints` to the client.
 *
 * @param options - further options of `fakeIssuer`. Quirks are added to those of the provider
 * @throws ConfigError for an unknown name or option
 */
export function fakeProvider(name: FakeProviderName, options: FakeIssuerOptions = {}): FakeIssuer {
  assertOption('name', name, oneOfRule(...Object.keys(fakeProviderOptions)));
  const own = fakeProviderOptions[name];
  return fakeIssuer({ ...own, ...options, quirks: { ...own.quirks, ...options.quirks } });
}
