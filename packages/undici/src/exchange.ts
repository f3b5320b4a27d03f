import type { Scope } from '@bearings/client';
import type { Dispatcher } from 'undici';
import type { ReadResult, ByteSource } from './byte-source.ts';

/** A response's headers, by their names in lower case. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The head of a response. */
export interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: RawHeaders;
}

/** What an exchange needs to know of its call. */
export interface ExchangeContext {
  /** What may be ended: the attempt. */
  readonly scope: Scope;
  /** What the network's error is to the caller. */
  readonly toError: (cause: unknown, facts: { readonly isTruncated: boolean }) => unknown;
}

type Controller = Dispatcher.DispatchController;

/** As much of a body as is taken in before anybody reads it. */
const maxBufferedBytes = 64 * 1024;

/**
 * One request and its response on the wire: undici tells it what comes, and it keeps that until it is read.
 *
 * It knows nothing of the response that is made of it, so that one which nobody reads can be collected.
 */
export class Exchange implements Dispatcher.DispatchHandler, ByteSource {
  /** Answers with the response's head; fails with the reason of the scope's end when that comes first. */
  readonly head: Promise<Head>;
  readonly #parts: ExchangeContext;
  #leave = (): void => {};
  #settle: PromiseWithResolvers<Head> | undefined;
  #controller: Controller | undefined;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #isPaused = false;
  #isComplete = false;
  #isIgnored = false;
  #isRead = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(parts: ExchangeContext) {
    this.#parts = parts;
    this.#settle = Promise.withResolvers<Head>();
    this.head = this.#settle.promise;
    this.#leave = parts.scope.onCancel((reason) => this.#abort(reason));
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#failure !== undefined) controller.abort(givenUp());
  }

  onResponseStart(_: Controller, status: number, ...[headers, statusText = '']: [RawHeaders, string?]): void {
    if (status < 200) return;
    this.#settle?.resolve({ status, statusText, headers });
    this.#settle = undefined;
  }

  onResponseData(controller: Controller, piece: Buffer): void {
    if (this.#failure !== undefined) return;
    this.#size += piece.byteLength;
    if (!this.#isIgnored) this.#pieces.push(piece);
    if (this.#size >= maxBufferedBytes) this.#hold(controller);
    this.#awaken();
  }

  onResponseEnd(): void {
    this.#isComplete = true;
    this.#end();
  }

  onResponseError(_: Controller | null, cause: Error): void {
    this.#fail(this.#parts.toError(cause, { isTruncated: this.#settle === undefined }));
  }

  read(): ReadResult | Promise<ReadResult> {
    this.#begin();
    const value = this.#pieces.shift();
    if (value === undefined) return this.#ending() ?? this.#coming();
    this.#size -= value.byteLength;
    if (this.#isPaused && this.#size < maxBufferedBytes) {
      this.#isPaused = false;
      this.#controller?.resume();
    }
    return { done: false, value };
  }

  takeBuffered(): readonly Uint8Array[] | undefined {
    if (!this.#isComplete) return undefined;
    this.#begin();
    if (this.#failure !== undefined) throw this.#failure.reason;
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  cancel(): void {
    if (!this.#isComplete) this.#abort(givenUp());
  }

  toError(cause: unknown): unknown {
    return this.#failure?.reason ?? this.#parts.toError(cause, { isTruncated: true });
  }

  /** Lets a body go by that belongs to no response, as that of a 205. */
  discardBody(): void {
    this.#isIgnored = true;
    this.#pieces = [];
  }

  /** Gives the connection back, unless somebody is reading. */
  releaseUnread(): void {
    if (!this.#isRead) this.cancel();
  }

  #begin(): void {
    this.#isRead = true;
    const { scope } = this.#parts;
    if (scope.isCancelled) this.#abort(scope.reason);
  }

  #ending(): ReadResult | undefined {
    if (this.#failure !== undefined) throw this.#failure.reason;
    return this.#isComplete ? { done: true, value: undefined } : undefined;
  }

  async #coming(): Promise<ReadResult> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.read();
  }

  #hold(controller: Controller): void {
    if (this.#isIgnored) return this.cancel();
    this.#isPaused = true;
    controller.pause();
  }

  #abort(reason: unknown): void {
    this.#pieces = [];
    if (this.#isComplete) this.#failure = { reason };
    else this.#fail(reason);
    this.#controller?.abort(givenUp());
  }

  #fail(reason: unknown): void {
    if (this.#failure !== undefined || this.#isComplete) return;
    this.#failure = { reason };
    this.#settle?.reject(reason);
    this.#settle = undefined;
    this.#end();
  }

  #end(): void {
    this.#leave();
    this.#awaken();
  }

  #awaken(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** For undici, which wants an error. Nobody sees it. */
const givenUp = (): Error => new Error('The response was given up');
