import { connect, WaggleError, type ConnectionState, type HubRecord, type Observer, type Position, type WaggleClient } from '@waggle/client';
import { Drawing } from './drawing';
import { offsetOf } from './positions';
import { rightsOf } from './rights';
import { Swarm } from './state.svelte';

export type Status = 'starting' | 'sign in' | 'catching up' | 'live' | 'waiting' | 'ended';

const TokenKey = 'waggle-token';
const Base = new URL('../', location.href.split('#')[0]).href;
const Recent = 5000;
const Pause = 1000;

/** The connection of the page to its hub: one client for requests, and one observer whose records every view follows. */
class HubLink {
  status = $state<Status>('starting');
  problem = $state('');
  retryAt = $state(0);
  /** How many records of the classes latest and stream were dropped, because this page was slow. */
  missed = $state(0);
  /** Grows when everything must be loaded again. */
  epoch = $state(0);
  rights = $state.raw<Set<string> | null>(null);
  signedIn = $state(false);
  readonly swarm = new Swarm();
  #client: WaggleClient | undefined;
  #observer: Observer | undefined;
  #recent: HubRecord[] = [];
  #position: Position | undefined;
  readonly #listeners = new Set<(records: HubRecord[]) => void>();
  #batch: HubRecord[] = [];
  readonly #drawing = new Drawing(() => this.#flush());

  async start(): Promise<void> {
    const token = sessionStorage.getItem(TokenKey) ?? undefined;
    this.rights = rightsOf(token);
    this.signedIn = token !== undefined;
    this.status = 'starting';
    try {
      this.#client = await connect(Base, { token, client: 'waggle-dashboard', connectTimeout: 2 ** 31 - 1, onState: (s) => this.#onState(s) });
      await this.#load();
    } catch (error) {
      this.#fail(error);
    }
  }

  async signIn(token: string): Promise<void> {
    sessionStorage.setItem(TokenKey, token.trim());
    await this.start();
  }

  async signOut(): Promise<void> {
    sessionStorage.removeItem(TokenKey);
    await this.#observer?.close({ timeout: 100 });
    await this.#client?.close({ timeout: 100 });
    location.reload();
  }

  /** Whether the token may do this; where it is not known, the hub says so. */
  can(permission: string): boolean {
    return this.rights === null || this.rights.has(permission) || this.rights.has('admin:system');
  }

  /** Whether the hub has this part, and the token may read it. */
  has(part: string): boolean {
    return this.swarm.reach.has(part);
  }

  get client(): WaggleClient {
    return this.#client!;
  }

  async ask<T>(type: string, fields: Record<string, unknown> = {}): Promise<T> {
    return (await this.client.request<T>({ type, ...fields })).result;
  }

  /** A read over REST, for what waggle.v1 has no message. While the hub is away it waits, as the requests of the client do. */
  async get<T>(path: string): Promise<T> {
    const token = sessionStorage.getItem(TokenKey);
    const headers = { Accept: 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    while (true) {
      try {
        const response = await fetch(`${Base}api/v1/${path}`, { headers });
        if (response.status !== 503) {
          const body = await response.json();
          if (response.ok) return body;
          throw new WaggleError(body.code ?? String(response.status), body.detail ?? body.title);
        }
      } catch (error) {
        // Only a connection that fails, before the answer or within it, is a hub that is away.
        if (!(error instanceof TypeError)) throw error;
      }
      await new Promise((wake) => setTimeout(wake, Pause));
    }
  }

  /** Calls the listener with every batch of records, in their order. Returns how to end it. */
  listen(listener: (records: HubRecord[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The position of the newest durable record that arrived. */
  get position(): Position {
    return this.#position ?? this.client.welcome.position;
  }

  /** The records of tasks after a position that arrived already, with what a row shows: what was loaded with that position, and these, have no hole between them. */
  after(position: Position): HubRecord[] {
    return this.#recent.filter((r) => offsetOf(r.position) > offsetOf(position));
  }

  /** Follows topics. `missed` is called with the number of records that were dropped, at least one where the number is not known. */
  async observe(topics: string[], since: Position | undefined, take: (record: HubRecord) => void, missed?: (dropped: number) => void): Promise<() => void> {
    const observer = await this.client.observe(topics, { since });
    void (async () => {
      try {
        for await (const event of observer) {
          if (event.type === 'record') take(event.record);
          else if (event.type === 'gap') missed?.(event.dropped ?? 1);
        }
      } catch {
        // The page's own observer reports the end of the connection.
      }
    })();
    return () => void observer.close({ timeout: 0 });
  }

  async #load(): Promise<void> {
    this.status = 'catching up';
    const since = await this.swarm.load(this.client, (path) => this.get(path));
    this.#observer = await this.client.observe('#', {
      since, maxRate: { per_second: 4, key: 'topic' }, filter: { not: { field: 'kind', in: ['task_log', 'agent_log', 'app'] } }, onState: (s) => this.#onState(s),
    });
    this.status = 'live';
    void this.#follow(this.#observer);
  }

  async #follow(observer: Observer): Promise<void> {
    try {
      for await (const event of observer) {
        if (event.type === 'record') this.#take(event.record);
        else if (event.type === 'gap') this.missed += event.dropped ?? 1;
        else {
          if (!event.recovered) await this.#reload();
          this.status = 'live';
        }
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #reload(): Promise<void> {
    this.status = 'catching up';
    await this.swarm.load(this.client, (path) => this.get(path));
    this.epoch++;
  }

  #take(record: HubRecord): void {
    this.#batch.push(record);
    if (record.class === 'durable') {
      this.#position = record.position;
      if (record.kind.startsWith('task_') && record.data?.task) this.#recent.push(small(record));
    }
    if (this.#recent.length > 2 * Recent) this.#recent = this.#recent.slice(-Recent);
    // One update of the page for what arrived meanwhile. A hidden page takes its records in larger batches, and draws none of them.
    if (this.#batch.length >= Recent) this.#flush();
    else this.#drawing.ask(80);
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.swarm.apply(batch);
    for (const listener of this.#listeners) listener(batch);
  }

  #onState(state: ConnectionState): void {
    if (state.state === 'waiting') {
      this.status = 'waiting';
      this.problem = state.error.message;
      this.retryAt = Date.now() + state.retryInMs;
    } else if (state.state === 'connecting' && this.status === 'waiting') this.status = 'catching up';
  }

  #fail(error: unknown): void {
    const known = error instanceof WaggleError ? error : new WaggleError('CLOSED', String(error));
    if (known.code === 'CLOSED' && this.status === 'sign in') return;
    this.problem = known.message;
    this.status = known.code === 'UNAUTHENTICATED' ? 'sign in' : 'ended';
  }
}

// A record may be as long as its task's input.
function small(record: HubRecord): HubRecord {
  const { task, title, state, priority, agent, attempt, ended, error, spec } = record.data;
  const data = { task, title, state, priority, agent, attempt, ended: ended && true, error: error && { code: error.code }, spec: spec && { type: spec.type, parent: spec.parent } };
  return { type: 'record', position: record.position, topic: record.topic, kind: record.kind, class: record.class, at: record.at, swarm: record.swarm, data };
}

export const hub = new HubLink();

setInterval(() => {
  if (!document.hidden && hub.status === 'live') hub.swarm.sample();
}, 1000);
