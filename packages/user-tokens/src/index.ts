export { UserTokens } from './user-tokens.ts';
export type { ListOptions } from './user-tokens.ts';
export type { UserPurpose } from './user-purpose.ts';
export type { PendingTool, Tool, ToolContext, ToolFunction, ToolOptions } from './tool/create-tool.ts';
export type { GrantSummary } from './manage/grant-summary.ts';
export type { Forgotten } from './manage/forget-user.ts';
export type { KeepAliveOptions, KeepAliveReport } from './manage/keep-grants-alive.ts';
export type { RekeyOptions, RekeyReport } from './manage/rekey-grants.ts';
export type { Revocation } from './manage/revoke-grant.ts';
export type { GrantEvent } from './grant/grant-event.ts';
export type { UserTokensEvent, UserTokensListener } from './user-tokens-event.ts';
export type { Identify, Identity, UserTokensOptions } from './user-tokens-options.ts';
export type { ConnectionConfig } from './connection/connection-config.ts';
export type { AccountLookup, Provider, ProviderEndpoints, StandardError } from './providers/provider.ts';
export type { KeySet, KeySource, KeyValue, SealingKey } from '@bearings/oauth-bearer/sealing';
export type { Claim, GrantFilter, GrantStore, Release } from './store/grant-store.ts';
export { memoryStore } from './store/memory-store.ts';
export type { MemoryStoreOptions } from './store/memory-store.ts';
export { postgresStore } from './store/postgres-store.ts';
export type { PostgresQuery, PostgresStoreOptions } from './store/postgres-store.ts';
export type { FlowStore } from './store/flow-store.ts';
export type { FlowOutcome, FlowRecord, FlowStatus, NewFlow } from './store/flow-record.ts';
export type { GrantKey, GrantQuery } from './store/grant-key.ts';
export type {
  GrantContent,
  GrantReason,
  GrantRecord,
  GrantStatus,
  NewGrant,
  SealedContent,
} from './store/grant-record.ts';
export type { Authorization, AuthorizeRequest, PendingAuthorization } from './consent/authorization.ts';
export type { ConsentEvent } from './consent/consent-event.ts';
export type { ConsentReason } from './consent/consent-reason.ts';
export type { DeviceAuthorization, DeviceRequest } from './consent/device/device-authorization.ts';
export type { FlowResult, WaitOptions } from './consent/create-wait.ts';
export type { Handler } from './consent/create-handler.ts';
export type { FlowReason } from './consent/flow-failure.ts';
export { StoreError, UserTokensConfigError } from './errors.ts';
export type { StoreFailure, UserTokensError } from './errors.ts';
