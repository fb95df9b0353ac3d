import { troubleOf, WaggleError, type Trouble } from './errors.js';
import { findWebSocket, guarded, httpUrl, socketUrl, type ConnectionOptions, type ConnectionState, type WebSocketLike } from './options.js';
import type { ClientMessage, HubMessage, Reply, Welcome } from './protocol.js';
import { RequestTable, sizeOf } from './requests.js';

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

const Frame = 1000;

/**
 * One connection to a hub that reconnects by itself, with a random pause below a limit that doubles (full jitter), and not before the time that the hub
 * named. The event `online` of a browser ends a pause.
 */
export class Connection {
  readonly #owner: ConnectionOwner;
  readonly #options: ConnectionOptions;
  readonly #url: string;
  readonly #requests: RequestTable;
  readonly #closed: Promise<void>;
  readonly #end = new AbortController();
  #resolveClosed!: () => void;
  #socket: WebSocketLike | undefined;
  #outgoing: string[] = [];
  #ended: WaggleError | undefined;
  #wake: (() => void) | undefined;
  #paused = false;
  #failures = 0;
  #refreshed = false;
  // Ends the present attempt without waiting for its socket.
  #abandon: ((code: number, reason: string) => void) | undefined;
  #lastHeard = 0;

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
    return this.#socket !== undefined && !this.#ended;
  }

  /** Aborted when the connection has ended for good. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** The token to present now. */
  async token(): Promise<string | undefined> {
    return typeof this.#options.token === 'function' ? this.#options.token() : this.#options.token;
  }

  /** A random pause below a limit that doubles with each failure, and not shorter than the hub's own time, in milliseconds. */
  pauseOf(failures: number, least = 0): number {
    const limit = Math.min((this.#options.backoffBase ?? 500) * 2 ** Math.min(failures, 30), this.#options.backoffCap ?? 30_000);
    return Math.max(least, Math.min((this.#options.random ?? Math.random)() * limit, this.#owner.longestPause?.() ?? Infinity));
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
    return this.#requests.add(message, repeatable, this.welcome?.max_message_bytes ?? 1_048_576, (text) => this.#write(text), signal, onReply);
  }

  /** Sends a message that nobody waits for. It is lost while no socket is open. */
  post(message: ClientMessage): void {
    this.#write(JSON.stringify(message));
  }

  /** Closes the socket until {@link resume}: its reader is behind. */
  pause(): void {
    this.#paused = true;
    this.#socket?.close(1000);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#wake?.();
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
    this.#flush();
    this.#ended = error;
    this.#requests.end(error);
    this.#end.abort(error);
    if (this.#socket) this.#socket.close(1000);
    else this.#abandon?.(1000, 'The attempt was given up.');
    this.#wake?.();
  }

  #state(state: ConnectionState): void {
    if (this.#options.onState) void guarded(this.#options, () => this.#options.onState!(state));
  }

  async #supervise(socket: new (url: string) => WebSocketLike, settle: (error?: WaggleError) => void): Promise<void> {
    while (!this.#ended) {
      const trouble = await this.#attempt(socket, settle);
      if (this.#ended) break;
      if (trouble.final && !(await this.#mayTryAnotherToken(trouble.error))) {
        this.end(trouble.error);
        break;
      }
      await this.#pauseAfter(trouble.error);
    }
    settle(this.#ended);
    this.#owner.ended?.(this.#ended!);
    this.#state({ state: 'closed', error: this.#ended });
    this.#resolveClosed();
  }

  async #attempt(Socket: new (url: string) => WebSocketLike, settle: (error?: WaggleError) => void): Promise<Trouble> {
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
      // A constructor refuses an address for good, for example in a page that may not open it. A worker that was connected before tries again.
      return { error: new WaggleError('UNREACHABLE', `No socket for ${this.#url}: ${error}`), final: this.generation === 0 };
    }
    return new Promise((resolve) => {
      let refusal: WaggleError | undefined;
      let bye: Extract<HubMessage, { type: 'bye' }> | undefined;
      let welcomed = false;
      let done = false;
      const watch = setInterval(() => this.#watch(socket), 5_000);
      (watch as { unref?: () => void }).unref?.();
      this.#lastHeard = Date.now();
      const finish = (code: number, reason: string) => {
        if (done) return;
        done = true;
        clearInterval(watch);
        if (this.#socket === socket) this.#socket = undefined;
        const trouble = troubleOf(bye?.code ?? code, bye?.reason ?? reason, bye?.retry_after_ms);
        this.#requests.lost(trouble.error);
        resolve(refusal ? this.#refused(refusal, trouble) : trouble);
      };
      const onMessage = (message: HubMessage) => {
        if (message.type === 'bye') bye = message;
        if (message.type === 'welcome') {
          welcomed = true;
          this.#welcomed(socket, message);
          settle(this.#ended);
        } else if (!welcomed && message.type === 'error' && message.id === 'hello') {
          refusal = new WaggleError(message.code, message.message, message.retry_after_ms);
          socket.close(1000);
        } else this.#received(message);
      };
      this.#abandon = (code, reason) => {
        socket.close();
        finish(code, reason);
      };
      socket.onopen = () => socket.send(JSON.stringify({
        type: 'hello', id: 'hello', protocols: ['waggle.v1'], client: this.#options.client ?? 'waggle-ts/0.1', batch: true, token, ...this.#owner.hello?.(),
      }));
      socket.onmessage = (event) => {
        if (done) return;
        this.#lastHeard = Date.now();
        let frame: HubMessage | HubMessage[];
        try {
          frame = JSON.parse(event.data);
        } catch {
          this.#abandon!(1007, 'The hub sent a frame that is not JSON.');
          return;
        }
        if (Array.isArray(frame)) frame.forEach(onMessage);
        else onMessage(frame);
      };
      socket.onerror = () => {};
      socket.onclose = (event) => finish(event.code || 1006, event.reason ?? '');
    });
  }

  // The hub answers an echo at once. A connection without any message for two heartbeats is lost, even if its socket still reports that it is open.
  #watch(socket: WebSocketLike): void {
    const silent = Date.now() - this.#lastHeard;
    const beat = this.welcome?.heartbeat_ms ?? 10_000;
    if (silent > 2 * beat + 5_000) {
      this.#abandon!(1001, 'The hub fell silent.');
    } else if (silent > beat && this.#socket === socket) this.#write('{"type":"echo","id":"alive"}');
  }

  #welcomed(socket: WebSocketLike, welcome: Welcome): void {
    this.welcome = welcome;
    this.generation++;
    this.#socket = socket;
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

  #refused(refusal: WaggleError, trouble: Trouble): Trouble {
    const retryable = refusal.retryAfterMs !== undefined && !this.#owner.givesUp?.(refusal, this.generation);
    const error = new WaggleError(refusal.code, refusal.message, refusal.retryAfterMs ?? trouble.error.retryAfterMs);
    return { error, final: !retryable };
  }

  // Only a function can have another token; a refusal of that one, too, is final.
  async #mayTryAnotherToken(error: WaggleError): Promise<boolean> {
    if (error.code !== 'UNAUTHENTICATED' || typeof this.#options.token !== 'function' || this.#refreshed) return false;
    this.#refreshed = true;
    return true;
  }

  async #pauseAfter(error: WaggleError): Promise<void> {
    const least = error.retryAfterMs ?? 0;
    const wait = this.pauseOf(this.#failures++, least);
    this.#state({ state: 'waiting', error, retryInMs: Math.round(wait) });
    const target = globalThis as unknown as Partial<EventTarget>;
    const started = Date.now();
    await new Promise<void>((resolve) => {
      let timer = setTimeout(due, wait);
      const online = () => {
        // The event shortens the random pause, not the time that the hub named.
        clearTimeout(timer);
        timer = setTimeout(due, Math.max(0, least - (Date.now() - started)));
      };
      target.addEventListener?.('online', online);
      const wake = () => (clearTimeout(timer), leave());
      const leave = () => {
        target.removeEventListener?.('online', online);
        this.#wake = undefined;
        resolve();
      };
      const self = this;
      function due() {
        if (!self.#paused) leave();
      }
      this.#wake = wake;
    });
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
    if (!this.#socket || this.#ended) return false;
    this.#outgoing.push(text);
    if (this.#outgoing.length === 1) queueMicrotask(() => this.#flush());
    return true;
  }

  // What one turn of the program sends shares a frame, within the hub's limit.
  #flush(): void {
    const messages = this.#outgoing;
    this.#outgoing = [];
    const limit = (this.welcome?.max_message_bytes ?? 1_048_576) - 2;
    for (let i = 0; this.#socket && i < messages.length; ) {
      let bytes = sizeOf(messages[i]!);
      let n = 1;
      while (n < Frame && i + n < messages.length && (bytes += sizeOf(messages[i + n]!) + 1) <= limit) n++;
      this.#socket.send(n === 1 ? messages[i]! : `[${messages.slice(i, i + n).join()}]`);
      i += n;
    }
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
