import { Connection } from './connection.js';
import { WaggleError } from './errors.js';
import type { ConnectionOptions } from './options.js';
import type { Filter, HubMessage, HubRecord, Position, Reply } from './protocol.js';

export interface ObserveOptions {
  /** Start after this position, for example that of a reply: what was loaded and what follows then have no hole between them. */
  since?: Position;
  filter?: Filter;
  /** At most this number of records of the classes latest and stream for each key in a second. */
  maxRate?: { per_second: number; key?: string };
  /** How many events may wait for the reader; default 10,000. Beyond that the observer disconnects, and resumes when half of them are read. */
  capacity?: number;
  /** Called with each change of the observer's own connection. */
  onState?: ConnectionOptions['onState'];
}

/** What an observer sees, in the order of positions. */
export type ObserverEvent =
  /** A record. `snapshot`: the newest value of a topic at the (re)start, of the class latest. */
  | { type: 'record'; record: HubRecord; snapshot: boolean; position: Position }
  /** Records of the classes latest and stream were dropped, because the reader was slow. `dropped` is null if nobody counted them. No durable record is missing. */
  | { type: 'gap'; from: Position; to: Position; dropped: number | null }
  /** The observer resumed after a break. `recovered: false`: durable records after `since` are missing; load the state again and go on from `position`. */
  | { type: 'recovered'; recovered: boolean; since: Position; position: Position };

interface Subscribed {
  recovered: boolean;
  records: HubRecord[];
  latest: HubRecord[];
}

/**
 * Follows topics over a connection of its own, resumes after breaks, and reports missing records. Iterate it once, and leave the loop or call
 * {@link Observer.close} to end it.
 */
export class Observer implements AsyncIterable<ObserverEvent> {
  readonly #connection: Connection;
  readonly #capacity: number;
  readonly #events: ObserverEvent[] = [];
  #position: Position | undefined;
  #ready: { resolve(): void; reject(error: WaggleError): void } | undefined;
  #reader: { resolve(): void } | undefined;
  #error: WaggleError | undefined;
  #skipped: Position | undefined;

  constructor(url: string | URL, connection: ConnectionOptions, private readonly topics: string[], private readonly options: ObserveOptions = {}) {
    this.#position = options.since;
    this.#capacity = options.capacity ?? 10_000;
    this.#connection = new Connection(url, connection, {
      welcomed: () => void this.#subscribe(),
      received: (message) => this.#received(message),
      ended: (error) => this.#end(error),
    });
  }

  /** The position up to which everything was read or waits to be read. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Connects and subscribes. From then on the observer delivers each record of the topics, or an event that reports the missing ones. */
  async start(): Promise<this> {
    const subscribed = new Promise<void>((resolve, reject) => (this.#ready = { resolve, reject }));
    await Promise.all([this.#connection.start(), subscribed]);
    return this;
  }

  async close(options?: { timeout?: number }): Promise<void> {
    await this.#connection.close(options);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ObserverEvent> {
    try {
      while (true) {
        const event = this.#events.shift();
        if (event) {
          yield event;
          if (this.#skipped && this.#events.length <= this.#capacity / 2) this.#connection.resume();
        } else if (this.#error) {
          if (this.#error.code === 'CLOSED') return;
          throw this.#error;
        } else await new Promise<void>((resolve) => (this.#reader = { resolve }));
      }
    } finally {
      void this.close({ timeout: 0 });
    }
  }

  async #subscribe(): Promise<void> {
    const since = this.#position;
    try {
      const { filter, maxRate } = this.options;
      const message = { type: 'subscribe', topics: this.topics, since, filter, max_rate: maxRate };
      await this.#connection.request<Subscribed>(message, false, undefined, (reply) => this.#subscribed(reply, since));
    } catch (error) {
      // A broken connection subscribes again; a refusal is final.
      if (error instanceof WaggleError && error.code === 'CONNECTION_LOST') return;
      this.#ready?.reject(error as WaggleError);
      this.#connection.end(error as WaggleError);
    }
  }

  // The reply and the first records may share a frame: the reply is handled before them, not in a later turn of the program.
  #subscribed({ result, position }: Reply<Subscribed>, since: Position | undefined): void {
    const now = position ?? this.#connection.welcome!.position;
    if (since !== undefined) this.#events.push({ type: 'recovered', recovered: result.recovered, since, position: now });
    if (this.#skipped) this.#events.push({ type: 'gap', from: this.#skipped, to: now, dropped: null });
    this.#skipped = undefined;
    for (const record of result.records) this.#events.push({ type: 'record', record, snapshot: false, position: record.position });
    for (const record of result.latest) this.#events.push({ type: 'record', record, snapshot: true, position: now });
    this.#position = now;
    this.#ready?.resolve();
    this.#wakeReader();
  }

  #received(message: HubMessage): void {
    if (this.#skipped) return;
    if (message.type === 'position') this.#position = message.position;
    else if (message.type === 'gap') {
      this.#position = message.to;
      this.#push({ type: 'gap', from: message.from, to: message.to, dropped: message.dropped });
    } else if (message.type === 'record') {
      if (message.class === 'durable') this.#position = message.position;
      this.#push({ type: 'record', record: message, snapshot: false, position: this.#position ?? message.position });
    }
  }

  #push(event: ObserverEvent): void {
    this.#events.push(event);
    this.#wakeReader();
    if (this.#events.length < this.#capacity) return;
    // Memory is bounded: the durable records come again with the resume, and the reader is told of the others.
    this.#skipped = this.#position;
    this.#connection.pause();
  }

  #end(error: WaggleError): void {
    this.#error = error;
    this.#ready?.reject(error);
    this.#wakeReader();
  }

  #wakeReader(): void {
    this.#reader?.resolve();
    this.#reader = undefined;
  }
}
