import { Bulks } from './bulks.js';
import { Connection } from './connection.js';
import type { WaggleError } from './errors.js';
import { Observer, type ObserveOptions } from './observer.js';
import type { ConnectionOptions } from './options.js';
import type { AgentView, ClientMessage, Position, Reply, SwarmView, Welcome } from './protocol.js';
import { Purges } from './purges.js';
import { Tasks } from './tasks.js';

// Requests that take effect again, or are refused, when the hub receives them a second time.
const Once: ReadonlySet<string> = new Set([
  'auth.refresh', 'unsubscribe', 'publish', 'swarm.create', 'agent.spawn', 'agent.stop', 'agent.log', 'agent.send', 'chat.open', 'chat.post', 'notification.send',
  'vote.withdraw', 'schedule.run', 'schedule.remove', 'budget.remove', 'workflow.delete', 'run.retry',
]);

// The fields of requests whose contents need an idempotency key each to be repeatable.
const Keyed: Record<string, string> = { 'task.create': 'tasks', 'vote.open': 'proposal', 'run.start': 'run', 'bulk.start': 'bulk' };

function isRepeatable(message: ClientMessage): boolean {
  if (message['idempotency_key'] !== undefined) return true;
  const keyed = Keyed[message.type];
  if (keyed) return [message[keyed]].flat().every((item: any) => item?.idempotency_key !== undefined);
  return !Once.has(message.type) && message['if_version'] === undefined;
}

/** A client of a hub. It reconnects by itself. */
export class WaggleClient {
  /** Tasks: create, list, await, cancel, retry. */
  readonly tasks: Tasks;
  /** Changes of all tasks that a filter selects. */
  readonly bulks: Bulks;
  /** Erases payloads. */
  readonly purges: Purges;
  readonly #connection: Connection;

  /** @internal Use {@link connect}. */
  constructor(private readonly url: string | URL, private readonly options: ConnectionOptions) {
    this.#connection = new Connection(url, options, {
      welcomed: () => this.tasks.wakeAll(),
      received: (message) => (message.type === 'record' ? this.tasks.received(message) : message.type === 'gap' ? this.tasks.wakeAll() : undefined),
      ended: (error) => this.#ended(error),
    });
    this.tasks = new Tasks(this.#connection);
    this.bulks = new Bulks(this.#connection);
    this.purges = new Purges(this.#connection);
  }

  /** Whether a socket with a welcome is open. */
  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** The hub's last welcome. */
  get welcome(): Welcome {
    return this.#connection.welcome!;
  }

  /** @internal */
  async start(): Promise<this> {
    await this.#connection.start();
    return this;
  }

  /**
   * Sends any message of spec/waggle.v1.md and returns the hub's answer with its position. A request waits while the hub is away. One that may take effect
   * twice fails with `CONNECTION_LOST` if the connection broke before its answer; the others are written again.
   */
  async request<T = unknown>(message: ClientMessage, options: { repeatable?: boolean; signal?: AbortSignal } = {}): Promise<Reply<T>> {
    return this.#connection.request<T>(message, options.repeatable ?? isRepeatable(message), options.signal);
  }

  async agents(swarm?: string): Promise<{ agents: AgentView[]; position: Position }> {
    const { result, position } = await this.request<{ agents: AgentView[] }>({ type: 'agent.list', swarm });
    return { agents: result.agents, position: position! };
  }

  async swarms(): Promise<{ swarms: SwarmView[]; position: Position }> {
    const { result, position } = await this.request<{ swarms: SwarmView[] }>({ type: 'swarm.list' });
    return { swarms: result.swarms, position: position! };
  }

  /** Publishes any JSON under `app.`, for the clients that are subscribed now. */
  async publish(topic: string, data?: unknown): Promise<void> {
    await this.request({ type: 'publish', topic, data });
  }

  /** Follows topics or patterns: `task.*.completed`, `agent.#`. */
  async observe(topics: string | string[], options: ObserveOptions = {}): Promise<Observer> {
    return new Observer(this.url, { ...this.options, onState: options.onState }, typeof topics === 'string' ? [topics] : topics, options).start();
  }

  /** Waits for the answers that are due, at most `timeout` milliseconds (default 2,000), and closes the connection. Always resolves. */
  async close(options: { timeout?: number } = {}): Promise<void> {
    await this.#connection.close(options);
  }

  #ended(_error: WaggleError): void {
    this.tasks.wakeAll();
  }
}

/** Connects to a hub: `http://127.0.0.1:3000`, or the place of the hub within an application, `https://example.org/waggle`. */
export async function connect(url: string | URL, options: ConnectionOptions = {}): Promise<WaggleClient> {
  return new WaggleClient(url, options).start();
}
