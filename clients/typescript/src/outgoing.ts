import { sizeOf } from './requests.js';

const Most = 1000;

/** @internal What a connection sends: the messages of one turn of the program share a frame, up to 1,000 and the hub's limit of bytes. */
export class Outgoing {
  #messages: string[] = [];

  /** `limit` is asked at each flush. `send` returns false if no socket is open, which ends the flush. */
  constructor(private readonly limit: () => number, private readonly send: (frame: string) => boolean) {}

  /** Adds a message. It is sent at the end of the turn, or at a flush before. */
  push(text: string): void {
    this.#messages.push(text);
    if (this.#messages.length === 1) queueMicrotask(() => this.flush());
  }

  /** Sends what waits. Messages without a socket are lost: the table of requests has those that need an answer. */
  flush(): void {
    const messages = this.#messages;
    this.#messages = [];
    // The brackets of an array are two bytes.
    const limit = this.limit() - 2;
    for (let i = 0; i < messages.length; ) {
      let bytes = sizeOf(messages[i]!);
      let n = 1;
      while (n < Most && i + n < messages.length && (bytes += sizeOf(messages[i + n]!) + 1) <= limit) n++;
      if (!this.send(n === 1 ? messages[i]! : `[${messages.slice(i, i + n).join()}]`)) return;
      i += n;
    }
  }
}
