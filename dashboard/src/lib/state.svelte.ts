import type { AgentView, HubRecord, Position, SwarmView, TaskState, WaggleClient } from '@waggle/client';
import { Drawing } from './drawing';
import { noteOf, type Note } from './notes';
import { offsetOf } from './positions';
import { optional, reachOf } from './reach';

/** The figures of a reading; docs/insight.md. */
export interface Reading {
  at?: string;
  status: string;
  modules: Record<string, string>;
  host: Record<string, number | null>;
  process: Record<string, number | null>;
  disk: Record<string, number | null>;
  hub: Record<string, number | null>;
  work: { completed_per_second: number | null; error_percent: number | null; completed_today: number | null; window_ms: number | null };
  reasons: Record<string, string>;
}

export interface Alert {
  id: string;
  rule: string;
  resource: string;
  level: string;
  state: string;
  title: string;
  message: string;
  metric: string;
  unit: string;
  value?: number;
  threshold: number;
  trend?: string;
  fired_at: string;
  acknowledged_at?: string;
  acknowledged_by?: string;
  resolved_at?: string;
  reason?: string;
}

type Counts = Partial<Record<TaskState, number>>;

const Notes = 200;
const Readings = 360;

/**
 * What every view shows of the swarm. Records change plain maps, and one number makes the page look at them again: a burst of a thousand records is one update.
 */
export class Swarm {
  /** Grows with each batch that changed something. */
  version = $state(0);
  loaded = $state(false);
  /** The parts of the hub that it has, and that the token may read. */
  reach = $state.raw(new Set<string>());
  readonly agents = new Map<string, AgentView>();
  readonly swarms = new Map<string, SwarmView>();
  readonly alerts = new Map<string, Alert>();
  readonly counts = new Map<string, Counts>();
  notes: Note[] = [];
  readings: Reading[] = [];
  /** What was open each second since the page is there. */
  samples: { working: number; busy: number; waiting: number; wrong: number }[] = [];
  readonly #from = new Map<string, number>();
  readonly #drawing = new Drawing(() => this.version++);

  get reading(): Reading | undefined {
    return this.readings.at(-1);
  }

  /** Loads everything and returns the position from which to follow. `get` reads over REST. */
  async load(client: WaggleClient, get: (path: string) => Promise<unknown>): Promise<Position> {
    const before = client.welcome.position;
    const [swarms, agents, alerts, reading] = await Promise.all([
      optional(client.swarms(), null),
      optional(client.agents(), null),
      optional(client.request<{ alerts: Alert[] }>({ type: 'alert.list', limit: 200 }), null),
      optional(client.request<Reading | null>({ type: 'system.show' }), null),
    ]);
    const known = new Set(Object.entries({ swarms, agents, system: alerts }).filter(([, answer]) => answer).map(([part]) => part));
    const reach = reachOf(client, get, known);
    this.swarms.clear();
    this.counts.clear();
    const ids = (swarms?.swarms ?? []).map((s) => (this.swarms.set(s.id, s), s.id));
    for (let i = 0; i < ids.length; i += 50) await Promise.all(ids.slice(i, i + 50).map((id) => this.#count(client, id)));
    this.agents.clear();
    for (const agent of agents?.agents ?? []) this.agents.set(agent.id, agent);
    this.alerts.clear();
    for (const alert of alerts?.result.alerts ?? []) this.alerts.set(alert.id, alert);
    if (reading?.result) this.readings.push(reading.result);
    this.reach = await reach;
    this.loaded = true;
    this.version++;
    // The older of the positions: what a later answer has already changes nothing.
    return [swarms?.position, agents?.position].filter((p) => p !== undefined).sort((a, b) => offsetOf(a) - offsetOf(b))[0] ?? before;
  }

  /** Tasks by state, of one swarm or of all. */
  tasks(swarm?: string): Counts {
    const sum: Counts = {};
    for (const [id, counts] of this.counts) {
      if (swarm && id !== swarm) continue;
      for (const [state, n] of Object.entries(counts) as [TaskState, number][]) sum[state] = (sum[state] ?? 0) + n;
    }
    return sum;
  }

  /** Keeps the present counts, for the small curves of the overview. */
  sample(): void {
    const t = this.tasks();
    const sum = (...states: TaskState[]) => states.reduce((n, s) => n + (t[s] ?? 0), 0);
    const busy = [...this.agents.values()].filter((a) => a.holding.length > 0).length;
    const now = { busy, working: sum('assigned', 'running', 'verifying', 'cancelling'), waiting: sum('pending', 'blocked', 'retry_wait', 'input_required'), wrong: sum('failed', 'expired') };
    this.samples = [...this.samples.slice(1 - Readings), now];
    this.version++;
  }

  apply(records: HubRecord[]): void {
    for (const record of records) this.#take(record);
    this.#drawing.ask();
  }

  async #count(client: WaggleClient, id: string): Promise<void> {
    const { result, position } = await client.request<SwarmView & { metrics?: { totals: Counts } }>({ type: 'swarm.show', swarm: id });
    const { completed = 0, failed = 0, cancelled = 0, expired = 0, rejected = 0 } = result.metrics?.totals ?? {};
    this.counts.set(id, { ...result.tasks, completed, failed, cancelled, expired, rejected });
    this.#from.set(id, offsetOf(position!));
  }

  #take(record: HubRecord): void {
    const { kind, data, at } = record;
    const note = noteOf(record, (id) => this.agents.get(id)?.name ?? id);
    if (note) this.notes = [note, ...this.notes.filter((n) => n.position !== note.position)].slice(0, Notes);
    if (kind.startsWith('task_')) this.#task(record);
    else if (kind.startsWith('agent_')) this.#agent(record);
    else if (kind.startsWith('alert_')) this.alerts.set(data.alert, { ...this.alerts.get(data.alert), ...data, id: data.alert, fired_at: data.fired_at ?? this.alerts.get(data.alert)?.fired_at ?? at, ...(kind === 'alert_resolved' ? { resolved_at: at } : kind === 'alert_acknowledged' ? { acknowledged_at: at } : {}) });
    else if (kind === 'system_metrics') this.readings = [...this.readings.slice(1 - Readings), { ...data, at }];
    else if (kind === 'swarm_created') {
      this.swarms.set(data.swarm_id, { id: data.swarm_id, name: data.name, created_at: at, agents: 0, tasks: {}, state: 'active' });
      if (!this.counts.has(data.swarm_id)) this.counts.set(data.swarm_id, {});
    } else if (kind === 'swarm_state') this.#patchSwarm(data.swarm_id, { state: data.state, state_since: at, state_by: data.changed_by });
    else if (kind === 'swarm_topology_changed') this.#patchSwarm(data.swarm_id, { topology: { kind: data.chosen, current: data.to, leads: data.leads ?? [], reason: data.reason } });
  }

  #patchSwarm(id: string, fields: Partial<SwarmView>): void {
    const swarm = this.swarms.get(id);
    if (swarm) this.swarms.set(id, { ...swarm, ...fields });
  }

  // A task moves from one state to the next; what the load counted already is not counted twice.
  #task({ kind, data, swarm, position, at, class: form }: HubRecord): void {
    if (form !== 'durable' || !swarm) return;
    // A token that may not read the swarm has no counts of it to begin with.
    const counts = this.counts.get(swarm);
    if (counts && offsetOf(position) > (this.#from.get(swarm) ?? 0)) {
      const from = data.old_state as TaskState | undefined;
      const to = data.state as TaskState;
      if (from !== to) {
        if (from) counts[from] = Math.max(0, (counts[from] ?? 0) - 1);
        counts[to] = (counts[to] ?? 0) + 1;
      }
    }
    const held = data.agent ?? data.ended?.agent;
    const agent = held && this.agents.get(held);
    if (!agent) return;
    const without = agent.holding.filter((t: string) => t !== data.task);
    const { completed, failed, lost, average_ms } = data.ended?.standing ?? agent;
    const holding = kind === 'task_assigned' || kind === 'task_started' ? [...without, data.task] : data.ended ? without : agent.holding;
    // Only its worker starts a task: it was heard.
    const last_seen_at = kind === 'task_started' ? at : agent.last_seen_at;
    this.agents.set(held, { ...agent, holding, completed, failed, lost, average_ms, last_seen_at });
  }

  #agent({ kind, data, swarm, at }: HubRecord): void {
    if (kind === 'agent_removed') this.agents.delete(data.agent);
    const agent = this.agents.get(data.agent);
    if (kind === 'agent_registered') {
      const fresh: AgentView = agent ?? { id: data.agent, name: data.name, swarm: swarm!, status: 'online', capabilities: {}, slots: 1, holding: [], registered_at: at, completed: 0, failed: 0, lost: 0 };
      this.agents.set(data.agent, { ...fresh, name: data.name, swarm: swarm!, capabilities: data.capabilities, type: data.type, types: data.types });
    } else if (!agent) return;
    else if (kind === 'agent_status') this.agents.set(data.agent, { ...agent, status: data.status, slots: data.slots, name: data.name ?? agent.name, last_seen_at: data.status === 'online' ? at : agent.last_seen_at, failure: data.status === 'online' && agent.status !== 'online' ? undefined : agent.failure });
    else if (kind === 'agent_draining') this.agents.set(data.agent, { ...agent, status: 'draining' });
    else if (kind === 'agent_failed') this.agents.set(data.agent, { ...agent, failure: { reason: data.reason, at, message: data.message, exit_code: data.exit_code, signal: data.signal } });
  }
}
