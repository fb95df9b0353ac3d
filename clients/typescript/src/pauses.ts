import type { ConnectionOptions } from './options.js';

/** @internal A random pause below a limit that doubles with each failure (full jitter), and not shorter than the hub's own time, in milliseconds. */
export function pauseOf(options: ConnectionOptions, failures: number, least = 0, longest = Infinity): number {
  const limit = Math.min((options.backoffBase ?? 500) * 2 ** Math.min(failures, 30), options.backoffCap ?? 30_000);
  return Math.max(least, Math.min((options.random ?? Math.random)() * limit, longest));
}

/** @internal The pause between two attempts, of which there is one at a time. */
export class Pause {
  #held = false;
  #end: (() => void) | undefined;

  /** Waits `ms`. The event `online` of a browser shortens it to `least`, the time that the hub named, counted from the start; {@link wake} ends it. */
  async wait(ms: number, least: number): Promise<void> {
    const target = globalThis as unknown as Partial<EventTarget>;
    const started = Date.now();
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        target.removeEventListener?.('online', online);
        this.#end = undefined;
        resolve();
      };
      const due = () => {
        if (!this.#held) end();
      };
      const online = () => {
        clearTimeout(timer);
        timer = setTimeout(due, Math.max(0, least - (Date.now() - started)));
      };
      let timer = setTimeout(due, ms);
      target.addEventListener?.('online', online);
      this.#end = end;
    });
  }

  /** Lets no wait end by itself until {@link release}. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.wake();
  }

  wake(): void {
    this.#end?.();
  }
}
