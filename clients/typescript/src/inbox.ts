import { WaggleError } from './errors.js';
import type { AgentMessage } from './protocol.js';

const Tries = 3;
const FirstPause = 1_000;

/** @internal What an inbox needs of its worker. */
export interface InboxOwner {
  handle(message: AgentMessage): void | Promise<void>;
  /** Reports what a handler threw. */
  report(error: unknown): void;
  /** Tells the hub that a message was handled, or with which error its handler gave up. */
  acknowledge(message: string, failed: string | undefined): Promise<unknown>;
}

/** @internal The messages to an agent, handled one after the other, so that one that is tried again stays before those that follow it. */
export class Inbox {
  readonly #known = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #over = false;

  constructor(private readonly owner: InboxOwner, private readonly pause = FirstPause) {}

  /** Takes a message; one that is there already is not handled twice. */
  add(message: AgentMessage): void {
    if (this.#known.has(message.message)) return;
    this.#known.add(message.message);
    this.#last = this.#last.then(() => this.#handle(message));
  }

  /** Handles nothing more. The hub sends what was not acknowledged to the agent's next worker. */
  end(): void {
    this.#over = true;
  }

  async #handle(message: AgentMessage): Promise<void> {
    try {
      const failed = await this.#try(message);
      await this.owner.acknowledge(message.message, failed);
    } catch {
      // Without an acknowledgement the hub sends the message again.
    } finally {
      this.#known.delete(message.message);
    }
  }

  // Everybody who reads agents receives the reason: the name of what was thrown does not quote the message.
  async #try(message: AgentMessage): Promise<string | undefined> {
    for (let attempt = 1; ; attempt++) {
      if (this.#over) throw new WaggleError('CLOSED', 'The worker has ended.');
      try {
        await this.owner.handle(message);
        return undefined;
      } catch (error) {
        this.owner.report(error);
        if (attempt === Tries) return String((error instanceof Error && error.name) || typeof error).slice(0, 100);
      }
      await new Promise((resolve) => setTimeout(resolve, attempt * this.pause));
    }
  }
}
