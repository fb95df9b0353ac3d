import { WaggleError } from './errors.js';
import type { ClientMessage, Position, Reply } from './protocol.js';

const Encoder = new TextEncoder();

/** @internal The bytes of a text in UTF-8, or for a short text a number that is not less. */
export function sizeOf(text: string): number {
  return text.length > 4096 ? Encoder.encode(text).length : 3 * text.length;
}

interface Waiting {
  text: string;
  repeatable: boolean;
  written: boolean;
  resolve(reply: Reply<any>): void;
  reject(error: WaggleError): void;
}

/**
 * @internal The requests without an answer, in their order. They outlive sockets: after a reconnect the repeatable ones are written again, and those that
 * were written and may not be repeated fail with `CONNECTION_LOST`.
 */
export class RequestTable {
  #next = 1;
  #ended: WaggleError | undefined;
  readonly #waiting = new Map<string, Waiting>();
  readonly #idle: (() => void)[] = [];

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** Adds a request and returns its answer. `write` sends it if a socket is open. */
  add(
    message: ClientMessage, repeatable: boolean, limit: number, write: (text: string) => boolean, signal?: AbortSignal, onReply?: (reply: Reply<any>) => void,
  ): Promise<Reply<any>> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.size >= this.capacity) return Promise.reject(new WaggleError('QUEUE_FULL', `${this.capacity} requests wait for an answer already.`));
    const id = String(this.#next++);
    const text = JSON.stringify({ ...message, id });
    if (sizeOf(text) > limit) return Promise.reject(new WaggleError('TOO_LARGE', `The message is longer than ${limit} bytes.`));
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#take(id)?.reject(signal!.reason);
      const done = () => signal?.removeEventListener('abort', onAbort);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, {
        text, repeatable, written: false,
        resolve: (reply) => (done(), onReply?.(reply), resolve(reply)),
        reject: (error) => (done(), reject(error)),
      });
      this.#waiting.get(id)!.written = write(text);
    });
  }

  answer(id: string, result: unknown, position?: Position): void {
    this.#take(id)?.resolve({ result, position });
  }

  refuse(id: string, error: WaggleError): void {
    this.#take(id)?.reject(error);
  }

  /** Fails what was written to the broken socket and may not be written again. */
  lost(error: WaggleError): void {
    for (const [id, request] of this.#waiting) {
      if (request.written && !request.repeatable) this.refuse(id, error);
      else request.written = false;
    }
  }

  /** The requests for a new socket, in their order. */
  *unwritten(): Iterable<string> {
    for (const request of this.#waiting.values()) {
      if (request.written) continue;
      request.written = true;
      yield request.text;
    }
  }

  end(error: WaggleError): void {
    if (this.#ended) return;
    this.#ended = error;
    for (const id of [...this.#waiting.keys()]) this.refuse(id, error);
  }

  /** Resolves when every request has its answer. */
  idle(): Promise<void> {
    return this.#waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #take(id: string): Waiting | undefined {
    const request = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    return request;
  }
}
