import { createAuthorizeDevice } from './device/create-authorize-device.ts';
import type { AuthorizeDevice } from './device/create-authorize-device.ts';
import { createAuthorize } from './create-authorize.ts';
import type { Authorize } from './create-authorize.ts';
import type { ConsentContext } from './consent-context.ts';
import { createHandler } from './create-handler.ts';
import type { Handler } from './create-handler.ts';
import { createWait } from './create-wait.ts';
import type { Wait } from './create-wait.ts';
import { FlowListeners } from './flow-listeners.ts';
import { readHandlerBase } from './handler-base.ts';

/** Asking users for consent. */
export interface Consenting {
  readonly authorize: Authorize;
  readonly authorizeDevice: AuthorizeDevice;
  readonly wait: Wait;
  readonly handler: Handler;
}

/** What {@link createConsent} takes. */
export interface ConsentOptions extends Omit<ConsentContext, 'base' | 'listeners'> {
  readonly redirectUri: string;
}

/** @throws UserTokensConfigError for a redirect URI that browsers must not be sent to */
export function createConsent({ redirectUri, ...options }: ConsentOptions): Consenting {
  const context = { ...options, base: readHandlerBase(redirectUri), listeners: new FlowListeners() };
  return {
    authorize: createAuthorize(context),
    authorizeDevice: createAuthorizeDevice(context),
    wait: createWait(context),
    handler: createHandler(context),
  };
}
