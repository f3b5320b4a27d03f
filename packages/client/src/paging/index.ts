/**
 * Paging through the lists of an API. `paginate` reads a list by a client. The other functions are pure, over the headers
 * and the parsed body of a response, for programs that store a position or send the requests in their own way.
 */
export { paginate } from './paginate.ts';
export type { PaginateOptions } from './paginate.ts';
export type { ListPage, ListPageOptions } from './list-page.ts';
export type { PagingInput } from './paging-input.ts';
export { firstPosition } from './contract.ts';
export type { Page, PageRequest, PagingStrategy, Position } from './contract.ts';
export { createPaging } from './create-paging.ts';
export { resolvePattern, resolvePointer } from './json-pointer.ts';
export type { PatternResult, PointerResult } from './json-pointer.ts';
export { describeType, parseLossless, toText } from './lossless-json.ts';
export { nextLink } from './next-link.ts';
export { nextStep, requestKey } from './next-step.ts';
export type { ListLimits, Step, StepContext } from './next-step.ts';
export type { NextOrigin } from './address.ts';
export type { CountedPaging, PagingOptions } from './options.ts';
export { PagingError } from './paging-error.ts';
export type { PagingFailure } from './paging-error.ts';
export { isInBody, readCount, readPlace, withTarget } from './place.ts';
export { saysMore } from './more-flag.ts';
