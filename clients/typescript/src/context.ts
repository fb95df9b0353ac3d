import { WaggleError } from './errors.js';
import type { Answer, Assign, Dependency, Lease, QuestionSpec, TaskLogLevel, TaskSpec, Usage } from './protocol.js';
import type { InputRef, TaskInput } from './views.js';

/** Thrown by a handler: the attempt failed. `retryable: false` ends the task. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';

  constructor(readonly code: string, message: string, readonly options: { retryable?: boolean; retryAfterMs?: number } = {}) {
    super(message);
  }
}

/** Thrown by a handler: another agent should have the task. */
export class TaskRefused extends Error {
  override readonly name = 'TaskRefused';
}

/** @internal Thrown by {@link TaskContext.ask} without `hold`, to leave the handler: the attempt has ended with its question. */
export class TaskAsked extends Error {
  override readonly name = 'TaskAsked';

  constructor(readonly question: QuestionSpec, readonly checkpoint: unknown) {
    super('The attempt ends with a question; its answer starts another one. Let this error pass.');
  }
}

/** Why a handler's signal was aborted: a client cancelled the task, the lease is no longer in force, or the worker is closing. */
export type CancelCause = 'cancelled' | 'stopped' | 'closing';

const Pause = 100;
const MostLines = 1000;
const MostText = 10_000;
const MostBytes = 256 * 1024;
const Utf8 = new TextEncoder();

/** One assignment, as its handler sees it. */
export class TaskContext<I = unknown> {
  /** The task's id. */
  readonly id: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The fencing token, which only grows: pass it with writes to other systems. */
  readonly token: number;
  readonly swarm: string;
  readonly spec: TaskSpec;
  /** The results of the tasks that this one waited for. */
  readonly dependencies: Dependency[];
  /** The answers to questions of earlier attempts. */
  readonly answers: Answer[];
  /** The parts of the input that the worker did not read: they are no JSON, or larger than 16 MiB (docs/workflows.md). */
  inputRefs: InputRef[];
  /** What an earlier attempt stored with its question. */
  readonly checkpoint: any;
  /** What the attempt used; sent with or before its last message, however it ends. */
  usage: Usage | undefined;
  /** @internal */
  cause: CancelCause | undefined;
  /** @internal Whether the last message is made. */
  ended = false;
  readonly #abort = new AbortController();
  readonly #gone = new AbortController();
  readonly #post: (message: { type: string; [field: string]: unknown }) => void;
  #progress: { progress: number; message?: string } | undefined;
  #lines: string[] = [];
  #level: TaskLogLevel | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #waits = new Map<string, ((answer: Answer) => void)[]>();
  // The answers of this attempt by question. One may precede the reply to its question, and the hub does not send it again for the same question.
  readonly #answered = new Map<string, Answer>();
  readonly #request: (message: { type: string; [field: string]: unknown }) => Promise<{ result: any }>;

  /** @internal */
  constructor(
    readonly assign: Assign,
    public input: I,
    post: (message: { type: string; [field: string]: unknown }) => void,
    request: (message: { type: string; [field: string]: unknown }) => Promise<{ result: any }>,
  ) {
    this.id = assign.task;
    this.attempt = assign.attempt;
    this.token = assign.token;
    this.swarm = assign.swarm;
    this.spec = assign.spec;
    this.dependencies = assign.dependencies ?? [];
    this.answers = assign.answers ?? [];
    this.checkpoint = assign.checkpoint;
    this.inputRefs = assign.input_refs ?? [];
    this.#post = post;
    this.#request = request;
  }

  /** Aborted when the work is to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** @internal Aborted when a result is not wanted any more. After a cancellation it still is: the first end of a task counts. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** @internal */
  get lease(): Lease {
    return { task: this.id, attempt: this.attempt, token: this.token };
  }

  /**
   * Asks people or other agents. With `hold` the worker keeps its lease and this returns the answer. Without it the attempt ends here, by an error that the
   * handler lets pass: the next attempt has `checkpoint`, and the same question then returns its answer at once. A question has the name `key`; without one
   * its text, schema and choices name it. One question has one answer: ask anew with another text or `key`. A page without a secure context must set `key`.
   */
  async ask<T = unknown>(question: QuestionSpec, checkpoint?: unknown): Promise<T> {
    const keyed = { ...question, key: question.key ?? (await keyOf(question)) };
    const known = this.answers.findLast((a) => a.key === keyed.key);
    if (known) return known.answer;
    if (!keyed.hold) throw new TaskAsked(keyed, checkpoint);
    this.signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
      this.#request({ type: 'task.ask', ...this.lease, question: keyed, checkpoint }).then(({ result }) => {
        const answer = this.#answered.get(result.question);
        if (answer) resolve(answer.answer);
        else this.#waits.set(result.question, [...(this.#waits.get(result.question) ?? []), (answer) => resolve(answer.answer)]);
      }, reject);
    });
  }

  /** @internal Sets the whole input, before the handler begins. */
  fill({ input, input_refs }: TaskInput): void {
    this.input = (input ?? null) as I;
    this.spec.input = this.input;
    this.inputRefs = input_refs ?? [];
  }

  /** @internal */
  answered(answer: Answer): void {
    this.#answered.set(answer.question, answer);
    for (const wait of this.#waits.get(answer.question) ?? []) wait(answer);
    this.#waits.delete(answer.question);
  }

  /** Reports progress, 0 to 1. Only the newest counts: at most ten a second are sent. */
  progress(progress: number, message?: string): void {
    if (!(progress >= 0 && progress <= 1)) throw new RangeError('Progress is 0 to 1.');
    this.#progress = { progress, message: message?.slice(0, MostText) };
    this.#later();
  }

  /** Adds lines to the task's log. */
  log(...lines: string[]): void {
    this.logAt(undefined, ...lines);
  }

  /** Adds lines of one level to the task's log. */
  logAt(level: TaskLogLevel | undefined, ...lines: string[]): void {
    // A message has lines of one level.
    if (level !== this.#level) this.#sendLines();
    this.#level = level;
    for (const line of lines) for (let i = 0; i < line.length || i === 0; i += MostText) this.#lines.push(line.slice(i, i + MostText));
    this.#later();
  }

  /** @internal Sends what waits; before the last message, so that nothing follows it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sendLines();
    if (this.#progress) this.#post({ type: 'task.progress', ...this.lease, ...this.#progress });
    this.#progress = undefined;
  }

  /** @internal */
  cancel(cause: CancelCause, reason: string): void {
    if (this.cause && cause !== 'stopped') return;
    this.cause = cause;
    const error = new WaggleError(cause.toUpperCase(), reason);
    this.#abort.abort(error);
    if (cause !== 'cancelled') this.#gone.abort(error);
  }

  #sendLines(): void {
    const level = this.#level && { level: this.#level };
    while (this.#lines.length > 0) this.#post({ type: 'task.log', ...this.lease, ...level, lines: this.#lines.splice(0, fitting(this.#lines)) });
  }

  #later(): void {
    if (!this.ended) this.#timer ??= setTimeout(() => this.flush(), Pause);
  }
}

// How many lines the next message has: far fewer bytes than the hub reads, because a longer message ends the connection.
function fitting(lines: string[]): number {
  let size = 0;
  let count = 0;
  for (const line of lines) {
    size += Utf8.encode(JSON.stringify(line)).length + 1;
    if (count > 0 && (count === MostLines || size > MostBytes)) break;
    count++;
  }
  return count;
}

// As the .NET SDK does, so that the next attempt, which asks the same, finds the answer.
async function keyOf({ text, schema, choices }: QuestionSpec): Promise<string> {
  const content = [text, JSON.stringify(schema ?? null), ...(choices ?? [])].join('\n');
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content)));
  return Array.from(hash.subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join('');
}
