/** @internal When the leases of a worker are renewed: in the hub's beat, or three times within the shortest lease if that is sooner. */
export class Renewals {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;

  /**
   * @param beat The time to the next renewal by the leases that are held now, in milliseconds.
   * @param renew Renews all leases. It throws nothing.
   */
  constructor(private readonly beat: () => number, private readonly renew: () => Promise<void>) {}

  /** Sets the next renewal. A new lease may bring it forward. It never defers it: the leases that are held wait for it. */
  schedule(): void {
    const beat = this.beat();
    const due = Date.now() + beat;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.schedule();
      void this.renew();
    }, beat);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
