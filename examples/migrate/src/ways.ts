import { connect as after } from './after.ts';
import { connect as axiosBefore } from './axios/before.ts';
import { connect as axiosInterceptors } from './axios/interceptors.ts';
import { connect as axiosKept } from './axios/kept.ts';
import { connect as azureBefore } from './azure/before.ts';
import { connect as azureKept } from './azure/kept.ts';
import { connect as badgatewayBefore } from './badgateway/before.ts';
import { connect as googleBefore } from './google-auth/before.ts';
import { connect as googleKept } from './google-auth/kept.ts';
import { connect as gotBefore } from './got/before.ts';
import { connect as gotKept } from './got/kept.ts';
import { connect as kyBefore } from './ky/before.ts';
import { connect as kyKept } from './ky/kept.ts';
import { connect as openidBefore } from './openid-client/before.ts';
import type { SceneOptions } from './scene.ts';
import type { Connect } from './settings.ts';
import { connect as simpleBefore } from './simple-oauth2/before.ts';

/** One way to call the orders API. */
export interface Way extends SceneOptions {
  readonly name: string;
  readonly connect: Connect;
}

export const before: readonly Way[] = [
  { name: 'axios + axios-auth-refresh', connect: axiosBefore },
  { name: 'axios + interceptors', connect: axiosInterceptors },
  { name: 'got + hooks', connect: gotBefore },
  { name: 'ky + hooks', connect: kyBefore },
  { name: 'openid-client + cache', connect: openidBefore },
  { name: 'simple-oauth2 + expired(60)', connect: simpleBefore },
  { name: 'google-auth-library + refreshHandler', connect: googleBefore },
  { name: '@azure/core-rest-pipeline', connect: azureBefore, tls: true }, // its bearer policy demands https
  { name: '@badgateway/oauth2-client', connect: badgatewayBefore },
];

/** The library stays, with Bearings under it. */
export const kept: readonly Way[] = [
  { name: 'axios over client.fetch', connect: axiosKept },
  { name: 'got over the token', connect: gotKept },
  { name: 'ky over client.fetch', connect: kyKept },
  { name: 'gaxios over client.fetch', connect: googleKept },
  { name: 'Azure HttpClient over client.fetch', connect: azureKept },
];

export const bearings: Way = { name: 'Bearings', connect: after };
