/** The newest rows of a stream, within limits of their number and of their text. What it drops, the oldest first, it counts. */
export class Backlog<T extends { size: number }> {
  /** How many rows were dropped for newer ones. */
  dropped = 0;
  #rows: T[] = [];
  #first = 0;
  #text = 0;

  constructor(private readonly most: number, private readonly mostText: number) {}

  get length(): number {
    return this.#rows.length - this.#first;
  }

  /** The rows, in a list of its own. */
  get rows(): T[] {
    return this.#rows.slice(this.#first);
  }

  /** Adds a row. A row that alone is longer than the limit stays, so that it can be seen. */
  add(row: T): void {
    this.#rows.push(row);
    this.#text += row.size;
    while (this.length > 1 && (this.length > this.most || this.#text > this.mostText)) {
      this.#text -= this.#rows[this.#first]!.size;
      // The place is emptied at once, and moved away once in a while.
      delete this.#rows[this.#first++];
      this.dropped++;
    }
    if (this.#first > this.most) {
      this.#rows = this.rows;
      this.#first = 0;
    }
  }
}
