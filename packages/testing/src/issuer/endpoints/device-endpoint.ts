import { textAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { signInCookie } from '../consent.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { askUser } from '../user-consent.ts';

/** The page on which a user enters the code that a device shows (RFC 8628 §3.3). */
export function answerDevicePage(request: Request, issuer: IssuerContext): Answer {
  const userCode = new URL(request.url).searchParams.get('user_code') ?? '';
  const device = issuer.devices.find(userCode);
  if (device === undefined) return textAnswer('The code is not known, has expired, or was used', 404);
  const grant = askUser({ ...device, params: new URLSearchParams(), request }, issuer);
  issuer.devices.decide(userCode, grant);
  if (grant === undefined) return textAnswer('The device is denied', 200);
  return textAnswer('The device is connected', 200, { 'set-cookie': signInCookie(grant.account) });
}
