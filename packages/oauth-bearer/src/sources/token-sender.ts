import type { Client, RetryOptions } from '@bearings/client';
import type { ClientAuthentication } from '../client-auth/client-auth.ts';
import type { BodyFormat, ClientAuthOptions } from '../client-auth/client-auth-layer.ts';
import { isClientRefused } from './error-response.ts';
import { createTokenClient } from './token-request.ts';
import type { TokenClientOptions } from './token-request.ts';
import type { DpopKey } from '../dpop/dpop-key.ts';
import type { TokenServer } from './token-server.ts';

/** What a sender is for: a request to another server, or in another form, needs another one. */
interface SenderPurpose {
  readonly server: TokenServer;
  readonly bodyFormat: BodyFormat | undefined;
}

/** What differs from request to request. */
interface SenderRequest {
  readonly onRetry: RetryOptions['onRetry'];
  /** The key that signs the request. Default: it has no proof. */
  readonly dpopKey: DpopKey | undefined;
}

/** The client of a token endpoint, and what its current request was sent with. It sends one request at a time. */
export class TokenSender {
  readonly client: Client;
  readonly #purpose: SenderPurpose;
  /** The authentications that the current request was sent with, in order. */
  tried: ClientAuthentication[] = [];
  #onRetry: RetryOptions['onRetry'];
  #dpopKey: DpopKey | undefined;

  constructor(
    purpose: SenderPurpose,
    options: Omit<TokenClientOptions, 'readDpopKey'>,
    read: ClientAuthOptions['read'],
  ) {
    this.#purpose = purpose;
    this.client = createTokenClient(
      { ...options, onRetry: (event) => this.#onRetry?.(event), readDpopKey: () => this.#dpopKey },
      {
        read,
        isRefused: isClientRefused,
        onUse: (authentication) => void this.tried.push(authentication),
        bodyFormat: purpose.bodyFormat,
      },
    );
  }

  isFor({ server, bodyFormat }: SenderPurpose): boolean {
    return this.#purpose.server === server && this.#purpose.bodyFormat === bodyFormat;
  }

  /** Begins the next request. */
  begin({ onRetry, dpopKey }: SenderRequest): void {
    this.tried = [];
    this.#onRetry = onRetry;
    this.#dpopKey = dpopKey;
  }
}
