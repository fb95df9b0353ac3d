import { Attempt, type AttemptEnd } from './attempt.js';
import { WaggleError, type Trouble } from './errors.js';
import { findWebSocket, guarded, httpUrl, socketUrl, type ConnectionOptions, type ConnectionState, type WebSocketLike } from './options.js';
import { Outgoing } from './outgoing.js';
import { Pause, pauseOf } from './pauses.js';
import type { ClientMessage, HubMessage, Reply, Welcome } from './protocol.js';
import { RequestTable } from './requests.js';

/** @internal What a client, an observer or a worker adds to a connection. */
export interface ConnectionOwner {
  /** The fields of hello beside protocols, client and token. */
  hello?(): Record<string, unknown>;
  welcomed?(welcome: Welcome, generation: number): void;
  received?(message: HubMessage): void;
  ended?(error: WaggleError): void;
  /** The longest pause between two attempts, in milliseconds; the hub's own return time is longer in any case. */
  longestPause?(): number | undefined;
  /** Whether a refusal that may be repeated ends the connection all the same. */
  givesUp?(error: WaggleError, generation: number): boolean;
}

const Bytes = 1_048_576;
const Heartbeat = 10_000;

/**
 * One connection to a hub that reconnects by itself, with a random pause below a limit that doubles (full jitter), and not before the time that the hub
 * named. The event `online` of a browser ends a pause.
 */
export class Connection {
  readonly #owner: ConnectionOwner;
  readonly #options: ConnectionOptions;
  readonly #url: string;
  readonly #requests: RequestTable;
  readonly #outgoing = new Outgoing(() => this.welcome?.max_message_bytes ?? Bytes, (frame) => this.#attempt?.send(frame) ?? false);
  readonly #pause = new Pause();
  readonly #closed: Promise<void>;
  readonly #end = new AbortController();
  #resolveClosed!: () => void;
  #attempt: Attempt | undefined;
  #ended: WaggleError | undefined;
  #failures = 0;
  #refreshed = false;

  /** The hub's last welcome; undefined before the first. */
  welcome: Welcome | undefined;
  /** The base of the hub's other paths, with a slash at the end. */
  readonly http: string;
  /** The number of welcomes. */
  generation = 0;

  constructor(url: string | URL, options: ConnectionOptions, owner: ConnectionOwner) {
    this.#url = socketUrl(url);
    this.http = httpUrl(url);
    this.#options = options;
    this.#owner = owner;
    this.#requests = new RequestTable(options.queueCapacity ?? 10_000);
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  /** Whether a socket with a welcome is open. */
  get isOpen(): boolean {
    return !this.#ended && this.#attempt?.isOpen === true;
  }

  /** Aborted when the connection has ended for good. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** The token to present now. */
  async token(): Promise<string | undefined> {
    return typeof this.#options.token === 'function' ? this.#options.token() : this.#options.token;
  }

  /** The pause after a number of failures in a row, in milliseconds. */
  pauseOf(failures: number, least = 0): number {
    return pauseOf(this.#options, failures, least, this.#owner.longestPause?.());
  }

  /** Connects and returns the first welcome; rejects with the hub's refusal, or with `UNREACHABLE` after `connectTimeout`. */
  async start(): Promise<Welcome> {
    const socket = await findWebSocket(this.#options);
    const timeout = this.#options.connectTimeout ?? 10_000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new WaggleError('UNREACHABLE', `No hub answered at ${this.#url} within ${timeout} ms.`);
        this.end(error);
        reject(error);
      }, timeout);
      const settle = (error?: WaggleError) => (clearTimeout(timer), error ? reject(error) : resolve(this.welcome!));
      void this.#supervise(socket, settle);
    });
  }

  /**
   * Sends a message and returns the hub's answer. A repeatable one is written again after a reconnect, until it is answered. `onReply` is called before the
   * messages that follow the reply in the same frame are handled; the promise is resolved after them.
   */
  async request<T = unknown>(message: ClientMessage, repeatable = true, signal?: AbortSignal, onReply?: (reply: Reply<T>) => void): Promise<Reply<T>> {
    return this.#requests.add(message, repeatable, this.welcome?.max_message_bytes ?? Bytes, (text) => this.#write(text), signal, onReply);
  }

  /** @internal The result of a repeatable request. */
  async ask<T>(message: ClientMessage): Promise<T> {
    return (await this.request<T>(message)).result;
  }

  /** Sends a message that nobody waits for. It is lost while no socket is open. */
  post(message: ClientMessage): void {
    this.#write(JSON.stringify(message));
  }

  /** Closes the socket until {@link resume}: its reader is behind. */
  pause(): void {
    this.#pause.hold();
    if (this.isOpen) this.#attempt!.close();
  }

  resume(): void {
    this.#pause.release();
  }

  /** Waits for the answers that are due, at most `timeout` milliseconds, and ends the connection. Always resolves. */
  async close({ timeout = 2_000 }: { timeout?: number } = {}): Promise<void> {
    if (!this.#ended) {
      await within(this.#requests.idle(), timeout);
      this.end(new WaggleError('CLOSED', 'The connection was closed by its owner.'));
    }
    await within(this.#closed, timeout);
  }

  /** Ends the connection at once; what waits for an answer fails with the error. */
  end(error: WaggleError): void {
    if (this.#ended) return;
    this.#outgoing.flush();
    this.#ended = error;
    this.#requests.end(error);
    this.#end.abort(error);
    if (this.#attempt?.isOpen) this.#attempt.close();
    else this.#attempt?.abandon(1000, 'The attempt was given up.');
    this.#pause.wake();
  }

  #state(state: ConnectionState): void {
    if (this.#options.onState) void guarded(this.#options, () => this.#options.onState!(state));
  }

  async #supervise(socket: new (url: string) => WebSocketLike, settle: (error?: WaggleError) => void): Promise<void> {
    while (!this.#ended) {
      const trouble = await this.#try(socket, settle);
      if (this.#ended) break;
      if (trouble.final && !this.#mayTryAnotherToken(trouble.error)) {
        this.end(trouble.error);
        break;
      }
      const wait = this.pauseOf(this.#failures++, trouble.error.retryAfterMs);
      this.#state({ state: 'waiting', error: trouble.error, retryInMs: Math.round(wait) });
      await this.#pause.wait(wait, trouble.error.retryAfterMs ?? 0);
    }
    settle(this.#ended);
    this.#owner.ended?.(this.#ended!);
    this.#state({ state: 'closed', error: this.#ended });
    this.#resolveClosed();
  }

  async #try(Socket: new (url: string) => WebSocketLike, settle: (error?: WaggleError) => void): Promise<Trouble> {
    this.#state({ state: 'connecting' });
    let token: string | undefined;
    try {
      token = await this.token();
    } catch (error) {
      return { error: new WaggleError('UNAUTHENTICATED', `No token: ${error}`), final: false };
    }
    if (this.#ended) return { error: this.#ended, final: true };
    let socket: WebSocketLike;
    try {
      socket = new Socket(this.#url);
    } catch (error) {
      // A constructor refuses an address for good, as in a page that may not open it. A worker that was connected before tries again.
      return { error: new WaggleError('UNREACHABLE', `No socket for ${this.#url}: ${error}`), final: this.generation === 0 };
    }
    const attempt = new Attempt(socket, () => ({ client: this.#options.client ?? 'waggle-ts/0.1', batch: true, token, ...this.#owner.hello?.() }), {
      heartbeat: () => this.welcome?.heartbeat_ms ?? Heartbeat,
      welcomed: (welcome) => (this.#welcomed(welcome), settle(this.#ended)),
      received: (message) => this.#received(message),
    });
    this.#attempt = attempt;
    const end = await attempt.ended;
    this.#attempt = undefined;
    this.#requests.lost(end.trouble.error);
    return this.#troubleOf(end);
  }

  #welcomed(welcome: Welcome): void {
    this.welcome = welcome;
    this.generation++;
    this.#failures = 0;
    this.#refreshed = false;
    this.#owner.welcomed?.(welcome, this.generation);
    for (const text of this.#requests.unwritten()) this.#write(text);
    this.#state({ state: 'open', welcome });
  }

  #received(message: HubMessage): void {
    if (message.type === 'reply') this.#requests.answer(message.id, message.result, message.position);
    else if (message.type === 'error' && message.id) this.#requests.refuse(message.id, new WaggleError(message.code, message.message, message.retry_after_ms));
    else if (message.type === 'auth.expiring') void this.#refresh();
    else this.#owner.received?.(message);
  }

  #troubleOf({ trouble, refusal }: AttemptEnd): Trouble {
    if (!refusal) return trouble;
    const retryable = refusal.retryAfterMs !== undefined && !this.#owner.givesUp?.(refusal, this.generation);
    return { error: new WaggleError(refusal.code, refusal.message, refusal.retryAfterMs ?? trouble.error.retryAfterMs), final: !retryable };
  }

  // Only a function can have another token; a refusal of that one, too, is final.
  #mayTryAnotherToken(error: WaggleError): boolean {
    if (error.code !== 'UNAUTHENTICATED' || typeof this.#options.token !== 'function' || this.#refreshed) return false;
    return (this.#refreshed = true);
  }

  async #refresh(): Promise<void> {
    if (typeof this.#options.token !== 'function') return;
    try {
      const token = await this.token();
      if (token) await this.request({ type: 'auth.refresh', token }, false);
    } catch {
      // The hub closes with 4503 when the token has expired, and the next attempt asks for another one.
    }
  }

  #write(text: string): boolean {
    if (!this.isOpen) return false;
    this.#outgoing.push(text);
    return true;
  }
}

/** @internal Resolves when the promise has settled, or after the time. */
export function within(promise: Promise<unknown>, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeout);
    const done = () => (clearTimeout(timer), resolve());
    promise.then(done, done);
  });
}
