import { troubleOf, WaggleError, type Trouble } from './errors.js';
import type { WebSocketLike } from './options.js';
import type { HubMessage, Welcome } from './protocol.js';

const Look = 5_000;

/** @internal What an attempt tells its connection. */
export interface AttemptOwner {
  welcomed(welcome: Welcome): void;
  received(message: HubMessage): void;
  /** The interval of the hub's heartbeats, in milliseconds. */
  heartbeat(): number;
}

/** @internal How an attempt ended: why, and the hub's refusal of the hello if that was the reason. */
export interface AttemptEnd {
  trouble: Trouble;
  refusal?: WaggleError;
}

/** @internal One socket, from its hello to its end. */
export class Attempt {
  /** Resolves when the socket has closed, was given up, or fell silent. */
  readonly ended: Promise<AttemptEnd>;
  #resolve!: (end: AttemptEnd) => void;
  #refusal: WaggleError | undefined;
  #bye: Extract<HubMessage, { type: 'bye' }> | undefined;
  #welcomed = false;
  #done = false;
  #lastHeard = Date.now();
  readonly #watch: ReturnType<typeof setInterval>;

  constructor(private readonly socket: WebSocketLike, hello: () => Record<string, unknown>, private readonly owner: AttemptOwner) {
    this.ended = new Promise((resolve) => (this.#resolve = resolve));
    this.#watch = setInterval(() => this.#look(), Look);
    (this.#watch as { unref?: () => void }).unref?.();
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', id: 'hello', protocols: ['waggle.v1'], ...hello() }));
    socket.onmessage = (event) => this.#read(event.data);
    socket.onerror = () => {};
    socket.onclose = (event) => this.#finish(event.code || 1006, event.reason ?? '');
  }

  /** Whether the hub has welcomed this socket, and it has not ended. */
  get isOpen(): boolean {
    return this.#welcomed && !this.#done;
  }

  send(text: string): boolean {
    if (this.isOpen) this.socket.send(text);
    return this.isOpen;
  }

  /** Asks the socket to close; the attempt ends when it has. */
  close(): void {
    this.socket.close(1000);
  }

  /** Ends the attempt now: a socket may take long to close, or never do so. */
  abandon(code: number, reason: string): void {
    this.socket.close();
    this.#finish(code, reason);
  }

  #read(data: string): void {
    if (this.#done) return;
    this.#lastHeard = Date.now();
    let frame: HubMessage | HubMessage[];
    try {
      frame = JSON.parse(data);
    } catch {
      return this.abandon(1007, 'The hub sent a frame that is not JSON.');
    }
    for (const message of Array.isArray(frame) ? frame : [frame]) this.#take(message);
  }

  #take(message: HubMessage): void {
    if (message.type === 'bye') this.#bye = message;
    if (message.type === 'welcome') {
      this.#welcomed = true;
      this.owner.welcomed(message);
    } else if (!this.#welcomed && message.type === 'error' && message.id === 'hello') {
      this.#refusal = new WaggleError(message.code, message.message, message.retry_after_ms);
      this.close();
    } else this.owner.received(message);
  }

  // The hub answers an echo at once. A connection without any message for two heartbeats is lost, even if its socket still reports that it is open.
  #look(): void {
    const silent = Date.now() - this.#lastHeard;
    const beat = this.owner.heartbeat();
    if (silent > 2 * beat + Look) this.abandon(1001, 'The hub fell silent.');
    else if (silent > beat) this.send('{"type":"echo","id":"alive"}');
  }

  #finish(code: number, reason: string): void {
    if (this.#done) return;
    this.#done = true;
    clearInterval(this.#watch);
    this.#resolve({ trouble: troubleOf(this.#bye?.code ?? code, this.#bye?.reason ?? reason, this.#bye?.retry_after_ms), refusal: this.#refusal });
  }
}
