import { Connection, within } from './connection.js';
import { TaskContext, TaskFailed, TaskRefused, type CancelCause } from './context.js';
import { deliver, endingOf, insteadOfQuestion, usageBefore, withoutUsage, type Ending } from './endings.js';
import { WaggleError } from './errors.js';
import { sendHttp } from './http.js';
import { Inbox } from './inbox.js';
import { guarded, type ConnectionOptions } from './options.js';
import type { AgentMessage, Assign, HubMessage, Lease, ResultRef, TaskAck, VoteRequested, Welcome } from './protocol.js';
import { Renewals } from './renewals.js';
import { check, checkJson, newKey, type TaskDefinition } from './tasks.js';
import type { TaskInput } from './views.js';

export { TaskContext, TaskFailed, TaskRefused, type CancelCause };

/** Runs a task and returns its result. A {@link TaskFailed} fails the attempt, a {@link TaskRefused} gives the task to another agent. */
export type TaskHandler<I = unknown, O = unknown> = (task: TaskContext<I>) => O | Promise<O>;

export interface WorkerOptions extends ConnectionOptions {
  /** The agent's id; the hub generates one where left out. */
  id?: string;
  name?: string;
  /** 16 to 200 characters that prove that this is the same worker; default: random. Store it if another process is to continue the agent's work. */
  secret?: string;
  swarm?: string;
  /** Proficiency 0 to 1 by capability. */
  capabilities?: Record<string, number>;
  /** The number of tasks at a time; default 1. */
  slots?: number;
  /** Wait while another worker holds the agent, in place of an error. */
  waitWhileInUse?: boolean;
  /** Casts the agent's vote, or returns undefined for none. */
  onVote?: (vote: VoteRequested) => { choices: string[]; confidence?: number } | undefined | Promise<{ choices: string[]; confidence?: number } | undefined>;
  /** Handles a message to the agent, one after the other; the worker acknowledges it when the handler has returned, or has thrown three times. */
  onMessage?: (message: AgentMessage) => void | Promise<void>;
  /** Called when the hub has acknowledged an end, or with the code of its rejection. */
  onEnded?: (task: TaskContext, ack: TaskAck | undefined, code: string | undefined) => void;
}

/** An agent at work: it takes tasks under leases, renews them, and keeps each result until the hub has acknowledged it. */
export class WaggleWorker {
  readonly #handlers = new Map<string, { definition: TaskDefinition<any, any>; handler: TaskHandler<any, any> }>();
  readonly #held = new Map<string, TaskContext>();
  readonly #connection: Connection;
  readonly #secret: string;
  readonly #renewals = new Renewals(() => this.#beat(), () => this.#renew());
  readonly #inbox: Inbox;
  readonly #idleWaits: (() => void)[] = [];
  #otherwise: TaskHandler | undefined;
  #agent: string | undefined;
  #closing = false;

  constructor(url: string | URL, private readonly options: WorkerOptions = {}) {
    this.#secret = options.secret ?? newKey();
    this.#agent = options.id;
    this.#inbox = new Inbox({
      handle: (message) => options.onMessage!(message),
      report: (error) => void guarded(options, () => Promise.reject(error)),
      acknowledge: (message, failed) => this.#connection.request({ type: 'message.acknowledge', messages: [message], failed }),
    });
    this.#connection = new Connection(url, options, {
      hello: () => ({ agent: this.#hello() }),
      welcomed: (welcome) => this.#welcomed(welcome),
      received: (message) => this.#received(message),
      ended: (error) => this.#ended(error),
      longestPause: () => (this.#held.size > 0 ? this.#shortestLease() / 3 : undefined),
      givesUp: (error, generation) => error.code === 'AGENT_IN_USE' && generation === 0 && !options.waitWhileInUse,
    });
  }

  /** The agent's id, after the start. */
  get agent(): string | undefined {
    return this.#agent;
  }

  /** The number of tasks that the worker holds, those included whose end the hub has not acknowledged. */
  get holding(): number {
    return this.#held.size;
  }

  /** Adds the handler of a type of task, before the start. Without {@link otherwise} the hub assigns only tasks of such types. */
  handle<I, O>(definition: TaskDefinition<I, O>, handler: TaskHandler<I, O>): this {
    this.#handlers.set(definition.type, { definition, handler });
    return this;
  }

  /** Adds the handler of all other tasks. */
  otherwise(handler: TaskHandler): this {
    this.#otherwise = handler;
    return this;
  }

  async start(): Promise<this> {
    if (this.#handlers.size === 0 && !this.#otherwise) throw new TypeError('A worker without a handler would refuse every task: add one first.');
    await this.#connection.start();
    return this;
  }

  /** Takes no new tasks, waits up to `timeout` milliseconds for those it holds, returns the rest to the queue and closes. Always resolves. */
  async close({ timeout = 10_000 }: { timeout?: number } = {}): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      const until = Date.now() + timeout;
      void this.#connection.request({ type: 'agent.drain' }, false).catch(() => {});
      await within(this.#idle(), timeout);
      for (const task of this.#held.values()) {
        if (task.ended) continue;
        task.cancel('closing', 'The worker is closing.');
        void this.#end(task, { type: 'task.release', reason: 'The worker is closing.' });
      }
      this.#renewals.stop();
      await this.#connection.close({ timeout: Math.max(2_000, until - Date.now()) });
    } else await this.#connection.close({ timeout });
  }

  #idle(): Promise<void> {
    return this.#held.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idleWaits.push(resolve));
  }

  #hello(): Record<string, unknown> {
    const { name, swarm, capabilities, slots } = this.options;
    const types = this.#otherwise ? undefined : [...this.#handlers.keys()];
    return { id: this.#agent, name, secret: this.#secret, swarm, capabilities, types, slots, holding: [...this.#held.values()].map((t) => t.lease) };
  }

  #welcomed(welcome: Welcome): void {
    this.#agent = welcome.agent!.id;
    for (const lease of welcome.agent!.stop) this.#stop(lease, 'The hub no longer knows the lease.');
    if (this.#closing) void this.#connection.request({ type: 'agent.drain' }, false).catch(() => {});
    this.#renewals.schedule();
  }

  #received(message: HubMessage): void {
    if (message.type === 'assign') void this.#run(message);
    else if (message.type === 'cancel') this.#find(message)?.cancel('cancelled', message.reason ?? 'The task was cancelled.');
    else if (message.type === 'stop') this.#stop(message, message.reason);
    else if (message.type === 'answer') this.#find(message)?.answered(message.answer);
    else if (message.type === 'vote.requested') void this.#vote(message);
    else if (message.type === 'message' && this.options.onMessage) this.#inbox.add(message);
  }

  async #run(assign: Assign): Promise<void> {
    const known = assign.spec.type === undefined ? undefined : this.#handlers.get(assign.spec.type);
    const handler = known?.handler ?? this.#otherwise;
    const task = new TaskContext<any>(assign, assign.spec.input, (message) => this.#connection.post(message), (message) => this.#connection.request(message));
    this.#held.set(key(assign), task);
    this.#renewals.schedule();
    if (!handler) return this.#end(task, { type: 'task.refuse', reason: `This worker has no handler for tasks of type '${assign.spec.type}'.` });
    this.#connection.post({ type: 'task.start', ...task.lease });
    try {
      if (assign.input_refs?.length) await this.#fill(task);
      task.input = await check(known?.definition.input, task.input, 'The input');
      const result = await handler(task);
      const text = JSON.stringify(result);
      await checkJson(known?.definition.output, text, 'The result');
      await this.#complete(task, result, text);
    } catch (error) {
      await this.#end(task, endingOf(error, task));
    }
  }

  async #fill(task: TaskContext): Promise<void> {
    try {
      const path = `api/v1/leases/${encodeURIComponent(task.id)}/input`;
      task.fill(JSON.parse(await sendHttp(this.#connection, path, { headers: this.#headers(task) }, task.gone, true)) as TaskInput);
    } catch (error) {
      if (task.gone.aborted || !(error instanceof WaggleError)) throw error;
      throw new TaskFailed('INPUT_UNREADABLE', `The input could not be read: ${error.code}: ${error.message}`, { retryable: error.code === 'UNAUTHENTICATED' });
    }
  }

  // They prove the lease over HTTP.
  #headers(task: TaskContext): Record<string, string> {
    return { 'Waggle-Agent': this.#agent!, 'Waggle-Secret': this.#secret, 'Waggle-Attempt': String(task.attempt), 'Waggle-Token': String(task.token) };
  }

  async #complete(task: TaskContext, result: unknown, text: string | undefined): Promise<void> {
    const bytes = new TextEncoder().encode(text ?? 'null');
    if (bytes.length <= (this.#connection.welcome?.max_message_bytes ?? 1_048_576) - 16_384) return this.#end(task, { type: 'task.complete', result, usage: task.usage });
    const headers = { 'Content-Type': 'application/json', ...this.#headers(task) };
    let answer: string;
    try {
      answer = await sendHttp(this.#connection, `api/v1/leases/${encodeURIComponent(task.id)}/result`, { method: 'PUT', body: bytes, headers }, task.gone, true);
    } catch (error) {
      if (task.gone.aborted || !(error instanceof WaggleError)) throw error;
      throw new TaskFailed('RESULT_REJECTED', `The hub did not take the result: ${error.code}: ${error.message}`, { retryable: error.code === 'UNAUTHENTICATED' });
    }
    return this.#end(task, { type: 'task.complete', result_ref: JSON.parse(answer) as ResultRef, usage: task.usage });
  }

  // The last message of a task is kept, over reconnects, until the hub has answered it.
  async #end(task: TaskContext, ending: Ending): Promise<void> {
    if (task.ended) return;
    task.ended = true;
    task.flush();
    const send = async (message: Ending) => (await this.#connection.request<TaskAck>({ ...message, ...task.lease })).result;
    const used = usageBefore(ending, task);
    if (used) await deliver(used, send);
    let { ack, error } = await deliver(ending, send);
    const instead = ending.type === 'task.ask' && error ? insteadOfQuestion(error, task) : withoutUsage(ending, error);
    if (instead) ({ ack, error } = await deliver(instead, send));
    this.#drop(task.lease);
    void guarded(this.options, () => this.options.onEnded?.(task, ack, error instanceof WaggleError ? error.code : error ? String(error) : undefined));
  }

  #drop(lease: Lease): void {
    this.#held.delete(key(lease));
    if (this.#held.size === 0) for (const resolve of this.#idleWaits.splice(0)) resolve();
  }

  #find(lease: Lease): TaskContext | undefined {
    return this.#held.get(key(lease));
  }

  // A result that is ready is sent all the same: the hub takes that of a lapsed lease while nobody else has the task.
  #stop(lease: Lease, reason: string): void {
    const task = this.#find(lease);
    if (!task || task.ended) return;
    task.cancel('stopped', reason);
    task.ended = true;
    this.#drop(lease);
  }

  #shortestLease(): number {
    let shortest = Infinity;
    for (const task of this.#held.values()) shortest = Math.min(shortest, task.assign.lease_ms);
    return shortest;
  }

  #beat(): number {
    return Math.min(this.#connection.welcome?.heartbeat_ms ?? 10_000, this.#shortestLease() / 3);
  }

  async #renew(): Promise<void> {
    if (!this.#connection.isOpen) return;
    try {
      const leases = [...this.#held.values()].map((t) => t.lease);
      const { result } = await this.#connection.request<{ stop: Lease[]; cancel: Lease[] }>({ type: 'lease.renew', leases }, false);
      for (const lease of result.stop) this.#stop(lease, 'The lease is not in force.');
      for (const lease of result.cancel) this.#find(lease)?.cancel('cancelled', 'The task was cancelled.');
    } catch {
      // The next hello names the leases.
    }
  }

  async #vote(request: VoteRequested): Promise<void> {
    const vote = await guarded(this.options, () => this.options.onVote?.(request));
    if (vote) await this.#connection.request({ type: 'vote.cast', proposal: request.proposal, ...vote }).catch(() => {});
  }

  #ended(error: WaggleError): void {
    this.#inbox.end();
    this.#renewals.stop();
    for (const task of this.#held.values()) task.cancel('stopped', error.message);
  }
}

/** Starts a worker: `startWorker(url, options, (worker) => worker.handle(…))`. */
export async function startWorker(url: string | URL, options: WorkerOptions, configure: (worker: WaggleWorker) => void): Promise<WaggleWorker> {
  const worker = new WaggleWorker(url, options);
  configure(worker);
  return worker.start();
}

function key(lease: Lease): string {
  return `${lease.task}/${lease.token}`;
}
