import type { Connection } from './connection.js';
import { WaggleError } from './errors.js';
import { sendHttp } from './http.js';
import { isTerminal, type HubRecord, type Position, type TaskAck, type TaskCreated, type TaskErrorGroup, type TaskQuery, type TaskSpec, type TaskState, type TaskView } from './protocol.js';
import type { TaskLogFilter, TaskLogPage } from './task-logs.js';

/** A schema of the Standard Schema specification (zod, valibot, arktype …). */
export interface StandardSchema<T> {
  readonly '~standard': {
    validate(value: unknown): { value: T; issues?: undefined } | { issues: readonly { message: string }[] } | Promise<{ value: T; issues?: undefined } | { issues: readonly { message: string }[] }>;
  };
}

/** A type of task with the types of its input and its result. */
export interface TaskDefinition<I, O> {
  readonly type: string;
  readonly input?: StandardSchema<I>;
  readonly output?: StandardSchema<O>;
}

/**
 * Names a type of task, so that creators and workers agree on input and result. A schema is applied by the reader: to the input by the worker, to the result
 * by {@link Tasks.result}. The writer checks that the JSON of its value passes the schema, and sends it as it is.
 */
export function defineTask<I, O>(type: string, schemas: { input?: StandardSchema<I>; output?: StandardSchema<O> } = {}): TaskDefinition<I, O> {
  return { type, ...schemas };
}

/** @internal */
export async function check<T>(schema: StandardSchema<T> | undefined, value: unknown, what: string): Promise<T> {
  if (!schema) return value as T;
  const checked = await schema['~standard'].validate(value);
  if (checked.issues) throw new WaggleError('INVALID_INPUT', `${what}: ${checked.issues.map((i) => i.message).join('; ')}`);
  return checked.value;
}

/** @internal Checks what a reader will get, without what the schema makes of it. */
export async function checkJson(schema: StandardSchema<any> | undefined, text: string | undefined, what: string): Promise<void> {
  if (schema) await check(schema, text === undefined ? undefined : JSON.parse(text), what);
}

export interface TaskFilter {
  swarm?: string;
  states?: TaskState[];
  parent?: string;
  agent?: string;
  task_type?: string;
  /** Words that a task has all of in its title, type, error or metadata; `word*` is the beginning of a word. */
  text?: string;
  /** The fingerprint of the tasks' error, see {@link Tasks.errors}. */
  error?: string;
  ascending?: boolean;
  cursor?: string;
  limit?: number;
}

/** A task that was created with a definition; {@link Tasks.result} returns its result with its type. */
export interface TaskHandle<O> extends TaskCreated {
  readonly definition?: TaskDefinition<any, O>;
}

export class Tasks {
  readonly #waits = new Map<string, Set<() => void>>();

  /** @internal */
  constructor(private readonly connection: Connection) {}

  /** Creates a task. Without an `idempotency_key` the client adds one, so that a creation over a broken connection takes effect once. */
  async create<I, O>(definition: TaskDefinition<I, O>, input: I, spec?: Omit<TaskSpec, 'type' | 'input' | 'title'> & { title?: string }): Promise<TaskHandle<O>>;
  async create(spec: TaskSpec): Promise<TaskHandle<unknown>>;
  async create(first: TaskSpec | TaskDefinition<any, any>, input?: unknown, more: Partial<TaskSpec> = {}): Promise<TaskHandle<any>> {
    if ('title' in first) return (await this.createMany([first]))[0]!;
    await checkJson(first.input, JSON.stringify(input), 'The input');
    const [created] = await this.createMany([{ title: first.type, ...more, type: first.type, input }]);
    return { ...created!, definition: first };
  }

  /** Creates up to 1,000 tasks, all or none. */
  async createMany(specs: TaskSpec[]): Promise<TaskCreated[]> {
    const tasks = specs.map((spec) => (spec.idempotency_key ? spec : { ...spec, idempotency_key: newKey() }));
    return (await this.connection.ask<{ tasks: TaskCreated[] }>({ type: 'task.create', tasks })).tasks;
  }

  /** One page of tasks, newest first, and the position from which an observer misses nothing. */
  async list(filter: TaskFilter = {}): Promise<{ tasks: TaskView[]; cursor?: string; position: Position }> {
    const { result, position } = await this.connection.request<{ tasks: TaskView[]; cursor?: string }>({ type: 'task.list', ...filter });
    return { ...result, position: position! };
  }

  /** The errors of tasks that failed, expired or wait for a retry, the most frequent first. */
  async errors(filter: TaskQuery = {}, limit?: number): Promise<{ errors: TaskErrorGroup[]; more: boolean }> {
    return this.connection.ask<{ errors: TaskErrorGroup[]; more: boolean }>({ type: 'task.errors', filter, limit });
  }

  async show(task: string): Promise<TaskView> {
    return this.connection.ask<TaskView>({ type: 'task.show', task });
  }

  async cancel(task: string, options: { reason?: string; force?: boolean } = {}): Promise<TaskAck> {
    return this.connection.ask<TaskAck>({ type: 'task.cancel', task, ...options });
  }

  /** Creates a new task in place of one that failed, was cancelled or expired. */
  async retry(task: string): Promise<TaskCreated> {
    return this.connection.ask<TaskCreated>({ type: 'task.retry', task });
  }

  async setPriority(task: string, priority: number): Promise<TaskAck> {
    return this.connection.ask<TaskAck>({ type: 'task.set_priority', task, priority });
  }

  async assign(task: string, agent: string): Promise<TaskAck> {
    return this.connection.ask<TaskAck>({ type: 'task.assign', task, agent });
  }

  /** A page of the task's stored log lines: those after a cursor, or the last ones. */
  async logs(task: string, filter: TaskLogFilter = {}): Promise<TaskLogPage> {
    return this.connection.ask<TaskLogPage>({ type: 'task.logs', task, ...filter });
  }

  /** Waits until a task has ended and returns it, over reconnects of this client, too. */
  async wait(task: string, options: { signal?: AbortSignal } = {}): Promise<TaskView> {
    let wake = () => {};
    let fail: (reason: unknown) => void = () => {};
    const onWake = () => wake();
    const onAbort = () => fail(options.signal!.reason);
    options.signal?.addEventListener('abort', onAbort);
    const waits = this.#waits.get(task) ?? new Set();
    this.#waits.set(task, waits.add(onWake));
    let subscription: string | undefined;
    let generation = -1;
    try {
      while (true) {
        const woken = new Promise<void>((resolve, reject) => ([wake, fail] = [resolve, reject]));
        woken.catch(() => {});
        // The subscription is there before the task is read, so that its end is not missed.
        if (generation !== this.connection.generation) {
          const reply = await this.connection.request<{ subscription: string }>({ type: 'subscribe', topics: [`task.${task}.#`] }, true, options.signal);
          generation = this.connection.generation;
          subscription = reply.result.subscription;
        }
        const view = (await this.connection.request<TaskView>({ type: 'task.show', task }, true, options.signal)).result;
        if (isTerminal(view.state)) return view;
        await woken;
      }
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
      waits.delete(onWake);
      if (waits.size === 0) this.#waits.delete(task);
      if (subscription && generation === this.connection.generation) this.connection.post({ type: 'unsubscribe', subscription });
    }
  }

  /**
   * Waits for a task's result; one that is too long for a message is read over HTTP. A task that ended otherwise is a `TASK_NOT_COMPLETED` with its state and
   * error, a result that the hub has lost is `BLOB_MISSING`, and one that is not JSON is `RESULT_NOT_JSON`.
   */
  async result<O>(task: TaskHandle<O>, options: { signal?: AbortSignal } = {}): Promise<O> {
    const view = await this.wait(task.id, options);
    if (view.state === 'completed') return check(task.definition?.output, await this.#resultOf(view, options.signal), 'The result');
    const why = view.error ? ` ${view.error.code}: ${view.error.message}` : '';
    throw new WaggleError('TASK_NOT_COMPLETED', `Task '${task.id}' is ${view.state}.${why}`);
  }

  async #resultOf({ id, result, result_ref: ref, result_missing: missing }: TaskView, signal: AbortSignal | undefined): Promise<unknown> {
    if (!ref || result !== undefined) return result;
    if (missing) throw new WaggleError('BLOB_MISSING', `The result of task '${id}' (${ref.bytes} bytes) is gone from the hub's disk.`);
    const path = `api/v1/tasks/${encodeURIComponent(id)}/result`;
    if (!/[/+]json\b/.test(ref.content_type ?? '/json')) {
      throw new WaggleError('RESULT_NOT_JSON', `The result of task '${id}' is ${ref.content_type}, ${ref.bytes} bytes: read it at ${this.connection.http}${path}.`);
    }
    const ends = this.connection.signal;
    return JSON.parse(await sendHttp(this.connection, path, {}, signal ? AbortSignal.any([ends, signal]) : ends, false));
  }

  /** @internal */
  received(record: HubRecord): void {
    if (record.class !== 'durable') return;
    for (const wake of this.#waits.get(record.topic.split('.')[1]!) ?? []) wake();
  }

  /** @internal */
  wakeAll(): void {
    for (const waits of this.#waits.values()) for (const wake of waits) wake();
  }
}

/** Returns a new idempotency key: 128 random bits, in hexadecimal. Works on pages without TLS, too. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
