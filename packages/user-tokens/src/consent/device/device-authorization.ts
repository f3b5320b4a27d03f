import type { AuthorizeRequest } from '../authorization.ts';
import type { FlowResult, WaitOptions } from '../create-wait.ts';

/** What the user of a device has to consent to. The account is the one that the user chooses. */
export type DeviceRequest = Pick<AuthorizeRequest, 'user' | 'tenant' | 'connection' | 'scopes'>;

/** Consent that the user gives on another device (RFC 8628 §3.3): show the code and the URI. */
export interface DeviceAuthorization {
  /** What the user enters there. */
  readonly userCode: string;
  /** The page of the authorization server: https, or http on loopback. */
  readonly verificationUri: string;
  /** The same page with the code in it, for a link or a QR code, if the server has one. */
  readonly verificationUriComplete: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /**
   * Polls until the user has answered, and stores the grant. Call it once. It is kept in this process alone: nothing is
   * stored before the user has consented.
   *
   * @throws the signal's reason when it is aborted
   */
  readonly wait: (options?: WaitOptions) => Promise<FlowResult>;
}
