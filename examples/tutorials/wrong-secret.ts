import { formatHttpError, isBearingsError, orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';

const { ISSUER_URL = '', CLIENT_ID = '' } = process.env;

try {
  await orThrow(Token.create({ issuerUrl: ISSUER_URL, clientId: CLIENT_ID, clientSecret: 'wrong' }));
} catch (error) {
  if (!isBearingsError(error)) throw error;
  console.log(formatHttpError(error));
}
