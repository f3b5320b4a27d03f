import { isSecure } from '@bearings/client/layer';

/** The answer of the device authorization endpoint (RFC 8628 §3.2). */
export interface DeviceResponse {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | undefined;
  readonly lifetimeMs: number;
  /** The pause between two token requests. */
  readonly intervalMs: number;
}

const defaultIntervalS = 5;

/** Reads the answer; `undefined` when it is not usable. What is shown to a person is text without control characters. */
export function readDeviceResponse(text: string, insecureHttp: boolean): DeviceResponse | undefined {
  const body = parseObject(text);
  const { device_code: deviceCode, user_code: userCode, interval } = body;
  const { verification_uri: uri = body['verification_url'], verification_uri_complete: complete } = body; // Google: url
  const lifetimeMs = Number(body['expires_in']) * 1_000;
  const verificationUri = readUri(uri, insecureHttp);
  const isUsable = isText(deviceCode, 8_192) && isText(userCode, 64) && lifetimeMs > 0 && lifetimeMs < Infinity;
  if (!isUsable || verificationUri === undefined) return undefined;
  const intervalS = typeof interval === 'number' && interval > 0 ? interval : defaultIntervalS;
  const verificationUriComplete = readUri(complete, insecureHttp);
  return { deviceCode, userCode, verificationUri, verificationUriComplete, lifetimeMs, intervalMs: intervalS * 1_000 };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest && /^[\x20-\x7e]*[\x21-\x7e]$/.test(value);

/** A person opens it: no other scheme than https, or http where it is allowed. */
function readUri(value: unknown, insecureHttp: boolean): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const isAllowed = url !== null && (isSecure(url) || (insecureHttp && url.protocol === 'http:'));
  return isAllowed ? url.href : undefined;
}
