import type { CancelScope } from '@bearings/client/layer';
import type { Dispatcher } from 'undici';
import { abortReasons, toAbortReason } from './abort-reasons.ts';
import type { ByteSource, ReadResult } from './byte-source.ts';
import { ChunkBuffer } from './chunk-buffer.ts';

/** A response's headers, by their names in lower case. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The status line and headers of a response. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: RawHeaders;
}

/** What an exchange needs of its call. */
export interface ExchangeContext {
  /** The attempt: when it is cancelled, the exchange ends. */
  readonly scope: CancelScope;
  /** Converts an error of the network to the error that the caller gets. */
  readonly toError: (cause: unknown, facts: { readonly isTruncated: boolean }) => unknown;
  /** Called once, when the connection is free or closed. */
  readonly onEnd: () => void;
}

type Controller = Dispatcher.DispatchController;

/** How many bytes of a body are buffered before it is read. */
const maxBufferedBytes = 64 * 1024;

/**
 * One request and its response on the wire: receives what undici reports, and buffers it until it is read.
 *
 * It holds no reference to the response that is made from it, so that an unread response can be collected.
 */
export class Exchange implements Dispatcher.DispatchHandler, ByteSource {
  /** Resolves with the response's head; rejects with the scope's reason when that is cancelled first. */
  readonly head: Promise<ResponseHead>;
  /** Called once at the end, if it is set by then. */
  onRelease: (() => void) | undefined;
  readonly #context: ExchangeContext;
  readonly #chunks = new ChunkBuffer();
  #stopListening = (): void => {};
  #settle: PromiseWithResolvers<ResponseHead> | undefined;
  #controller: Controller | undefined;
  #discardedBytes = 0;
  #isPaused = false;
  #isComplete = false;
  #isDiscarding = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(context: ExchangeContext) {
    this.#context = context;
    this.#settle = Promise.withResolvers<ResponseHead>();
    this.head = this.#settle.promise;
    this.#stopListening = context.scope.onCancel((reason) => this.#abort(reason));
  }

  get hasEnded(): boolean {
    return this.#isComplete || this.#failure !== undefined;
  }

  onRequestStart(controller: Controller): void {
    if (this.#failure === undefined) this.#controller = controller;
    else controller.abort(abortReasons.abandoned);
  }

  onResponseStart(_: Controller, status: number, ...[headers, statusText = '']: [RawHeaders, string?]): void {
    if (status < 200) return;
    this.#settle?.resolve({ status, statusText, headers });
    this.#settle = undefined;
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    if (this.#isDiscarding) return this.#discard(chunk);
    this.#chunks.push(chunk);
    if (this.#chunks.byteLength >= maxBufferedBytes) {
      this.#isPaused = true;
      controller.pause();
    }
    this.#wakeReader();
  }

  onResponseEnd(): void {
    if (this.#failure !== undefined) return;
    this.#isComplete = true;
    this.#end();
  }

  onResponseError(_: Controller | null, cause: Error): void {
    this.#fail(this.#context.toError(cause, { isTruncated: this.#settle === undefined }));
  }

  read(): ReadResult | Promise<ReadResult> {
    this.throwIfCancelled();
    const value = this.#chunks.take();
    if (value === undefined) return this.#atEnd() ?? this.#nextRead();
    if (this.#isPaused && this.#chunks.byteLength < maxBufferedBytes) {
      this.#isPaused = false;
      this.#controller?.resume();
    }
    return { done: false, value };
  }

  takeBuffered(): readonly Uint8Array[] | undefined {
    if (!this.#isComplete) return undefined;
    this.throwIfCancelled();
    return this.#chunks.takeAll();
  }

  cancel(): void {
    if (!this.#isComplete) this.#abort(abortReasons.abandoned);
  }

  /** @throws the scope's reason, also when the whole body has arrived */
  throwIfCancelled(): void {
    const { scope } = this.#context;
    if (!scope.isCancelled) return;
    this.#abort(scope.reason);
    throw this.#failure?.reason ?? scope.reason;
  }

  toError(cause: unknown): unknown {
    return this.#failure?.reason ?? this.#context.toError(cause, { isTruncated: true });
  }

  /** Reads and drops a body that belongs to no response, such as that of a 205. */
  discardBody(): void {
    this.#isDiscarding = true;
    this.#discardedBytes = this.#chunks.byteLength;
    this.#chunks.clear();
  }

  #atEnd(): ReadResult | undefined {
    if (this.#failure !== undefined) throw this.#failure.reason;
    return this.#isComplete ? { done: true, value: undefined } : undefined;
  }

  async #nextRead(): Promise<ReadResult> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.read();
  }

  #discard(chunk: Buffer): void {
    this.#discardedBytes += chunk.byteLength;
    if (this.#discardedBytes >= maxBufferedBytes) this.cancel();
  }

  #abort(reason: unknown): void {
    const controller = this.#controller;
    this.#chunks.clear();
    if (this.#isComplete) this.#failure = { reason };
    else this.#fail(reason);
    controller?.abort(toAbortReason(reason));
  }

  #fail(reason: unknown): void {
    if (this.#failure !== undefined || this.#isComplete) return;
    this.#failure = { reason };
    this.#settle?.reject(reason);
    this.#settle = undefined;
    this.#end();
  }

  #end(): void {
    this.#stopListening();
    this.#controller = undefined; // it holds the connection and the reason of an abort
    this.#context.onEnd();
    this.onRelease?.();
    this.onRelease = undefined;
    this.#wakeReader();
  }

  #wakeReader(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
