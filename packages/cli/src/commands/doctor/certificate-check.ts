import type { Clock } from '@bearings/client';
import type { NetworkConfig } from '@bearings/config';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describeEnd } from './certificate-end.ts';
import { failed, ok, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

type Files = Pick<NetworkConfig, 'certFile' | 'keyFile' | 'keyPassphraseRef'>;

/** The check `certificate`: is the client certificate (mTLS) valid, for how long, and is the key its own? */
export function certificateCheck(files: Files, clock: Clock): Check {
  return { name: 'certificate', dependsOn: [], run: () => checkFiles(files, clock) };
}

async function checkFiles({ certFile = '', keyFile, keyPassphraseRef }: Files, clock: Clock): Promise<Finding> {
  const certificate = new X509Certificate(await readFile(certFile));
  const [endsAt, startsAt] = [Date.parse(certificate.validTo), Date.parse(certificate.validFrom)];
  const now = clock.now();
  const remedy = 'Renew the files of certFile and keyFile in network';
  if (endsAt <= now) return failed(`certFile has expired: ${certificate.validTo}`, remedy);
  if (startsAt > now)
    return failed(`certFile is not valid before ${certificate.validFrom}`, 'Check the clock of this machine');
  if (keyFile !== undefined && keyPassphraseRef === undefined && !(await belongs(certificate, keyFile)))
    return failed('keyFile is not the key of certFile', 'Correct one of them: both must come from one request');
  const { end, isSoon } = describeEnd(endsAt, now);
  const message = `certFile of ${certificate.subject.replaceAll('\n', ', ')} ${end}, on ${new Date(endsAt).toISOString().slice(0, 10)}`;
  return isSoon ? warning(message, remedy) : ok(message);
}

const belongs = async (certificate: X509Certificate, keyFile: string): Promise<boolean> =>
  certificate.checkPrivateKey(createPrivateKey(await readFile(keyFile)));
