import { WaggleError, type AgentView, type HubRecord, type Position, type SwarmView, type TaskState, type WaggleClient } from '@waggle/client';
import { noteOf, type Note } from './notes';
import { offsetOf } from './positions';

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
  /** Whether the hub has workflows that the token may read. */
  workflows = $state(false);
  readonly agents = new Map<string, AgentView>();
  readonly swarms = new Map<string, SwarmView>();
  readonly alerts = new Map<string, Alert>();
  readonly counts = new Map<string, Counts>();
  notes: Note[] = [];
  readings: Reading[] = [];
  /** What was open each second since the page is there. */
  samples: { working: number; waiting: number; wrong: number }[] = [];
  readonly #from = new Map<string, number>();

  get reading(): Reading | undefined {
    return this.readings.at(-1);
  }

  /** Loads everything and returns the position from which to follow. */
  async load(client: WaggleClient): Promise<Position> {
    const { swarms, position } = await client.swarms();
    this.swarms.clear();
    this.counts.clear();
    for (const swarm of swarms) {
      this.swarms.set(swarm.id, swarm);
      await this.#count(client, swarm.id);
    }
    const { agents } = await optional(client.agents(), { agents: [], position });
    this.agents.clear();
    for (const agent of agents) this.agents.set(agent.id, agent);
    const alerts = await optional(client.request<{ alerts: Alert[] }>({ type: 'alert.list', limit: 200 }), { result: { alerts: [] } });
    this.alerts.clear();
    for (const alert of alerts.result.alerts) this.alerts.set(alert.id, alert);
    const reading = await optional(client.request<Reading | null>({ type: 'system.show' }), { result: null });
    if (reading.result) this.readings.push(reading.result);
    this.workflows = (await optional(client.request({ type: 'workflow.list', limit: 1 }), null)) !== null;
    this.loaded = true;
    this.version++;
    return position;
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
    const now = { working: sum('assigned', 'running', 'verifying', 'cancelling'), waiting: sum('pending', 'blocked', 'retry_wait', 'input_required'), wrong: sum('failed', 'expired') };
    this.samples = [...this.samples.slice(1 - Readings), now];
    this.version++;
  }

  apply(records: HubRecord[]): void {
    for (const record of records) this.#take(record);
    this.version++;
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
  #task({ kind, data, swarm, position, class: form }: HubRecord): void {
    if (form !== 'durable' || !swarm) return;
    if (offsetOf(position) > (this.#from.get(swarm) ?? 0)) {
      const counts = this.counts.get(swarm) ?? {};
      this.counts.set(swarm, counts);
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
    this.agents.set(held, { ...agent, holding, completed, failed, lost, average_ms });
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

// A token may not reach all of it, and an older hub may not have it; what is not there is left out.
async function optional<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WaggleError && (['FORBIDDEN', 'NOT_AVAILABLE', 'UNKNOWN_TYPE'].includes(error.code))) return otherwise;
    throw error;
  }
}
