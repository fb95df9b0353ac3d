/**
 * Work on the page that waits until a person can see it: it is done at once or after a pause, once for all that asked for it meanwhile.
 * A page in a hidden tab does it when the person comes back.
 */
export class Drawing {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waits = false;
  readonly #back = () => !document.hidden && this.#now();

  constructor(private readonly work: () => void) {}

  /** Asks for the work after a pause in ms. Without one it is done in this call, if the page is seen. */
  ask(pause = 0): void {
    if (this.#waits || (pause > 0 && this.#timer !== undefined)) return;
    if (pause > 0) this.#timer = setTimeout(() => this.#due(), pause);
    else this.#due();
  }

  /** Forgets what was asked for. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waits = false;
    document.removeEventListener('visibilitychange', this.#back);
  }

  #due(): void {
    this.#timer = undefined;
    if (!document.hidden) return this.#now();
    this.#waits = true;
    document.addEventListener('visibilitychange', this.#back);
  }

  #now(): void {
    this.end();
    this.work();
  }
}
