export { createStudio } from './create-studio.ts';
export type { Studio, StudioOptions } from './create-studio.ts';
export { clientKind } from './kinds/client-kind.ts';
export type { ClientKindOptions } from './kinds/client-kind.ts';
export type { CheckEvent, Exchange } from './checks/check-event.ts';
export type { DocumentKind, Draft, Preview, PreviewOptions, TestOptions } from './documents/document-kind.ts';
export type { DocumentSet } from './documents/library.ts';
export type { Fields, Value } from './documents/value.ts';
