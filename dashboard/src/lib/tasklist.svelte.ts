import type { HubRecord, TaskView } from '@waggle/client';
import { Drawing } from './drawing';
import { hub } from './hub.svelte';
import { offsetOf } from './positions';
import { filterOf } from './bulk';
import { matches, stays, type TaskQuery } from './query';

/** What the table shows of a task: inputs and results stay with the hub. */
export interface TaskRow {
  id: string;
  title: string;
  type?: string;
  swarm: string;
  state: string;
  priority: number;
  attempt: number;
  agent?: string;
  progress?: number;
  created_at: string;
  started_at?: string;
  ended_at?: string;
  error?: string;
  /** The offset up to which the row is current. */
  offset: number;
}

const Page = 500;

/** The tasks of a filter, newest first: pages from the hub, kept current by the records that follow. It has no more rows than the pages that were asked for. */
export class TaskList {
  rows = $state.raw<TaskRow[]>([]);
  busy = $state(false);
  complete = $state(false);
  problem = $state('');
  #cursor: string | undefined;
  #query: TaskQuery = { states: [], words: [] };
  #run = 0;
  #loaded = 0;
  #most = Page;
  // Whether rows were dropped that follow the last one: the cursor is past them.
  #cut = false;
  // Whether the pages before the dropped rows are read again.
  #skipping = false;
  readonly #again = new Drawing(() => void this.more(true));
  readonly #drawing = new Drawing(() => this.#show());
  readonly #byId = new Map<string, TaskRow>();

  start(query: TaskQuery): void {
    this.#query = query;
    this.#run++;
    this.#cursor = undefined;
    this.#byId.clear();
    [this.#loaded, this.#most, this.#cut, this.#skipping] = [0, Page, false, false];
    this.complete = false;
    this.busy = false;
    void this.more(true);
  }

  /** Loads the next page. */
  async more(first = false): Promise<void> {
    if (this.busy || (this.complete && !first)) return;
    this.busy = true;
    const run = this.#run;
    const cut = this.#cut;
    let added = 0;
    this.#skipping ||= cut && !first;
    if (!first) [this.#cut, this.#most] = [false, Math.max(this.#most, this.#byId.size + Page)];
    try {
      const { type, ...filter } = filterOf(this.#query);
      const page = await hub.client.tasks.list({ ...filter, task_type: type, cursor: first || cut ? undefined : this.#cursor, limit: Page });
      if (run !== this.#run) return;
      added = -this.#byId.size;
      for (const row of page.tasks.map((t) => rowOf(t, offsetOf(page.position)))) if (stays(this.#query, row)) this.#byId.set(row.id, row);
      added += this.#byId.size;
      if (!first || this.#cursor === undefined) {
        [this.#cursor, this.complete] = [page.cursor, page.cursor === undefined];
        this.#loaded += page.tasks.length;
      }
      this.#apply(hub.after(page.position));
      this.#show();
      this.problem = '';
    } catch (error) {
      this.problem = (error as Error).message;
      if (run === this.#run) this.#cut ||= cut && !first;
    } finally {
      if (run === this.#run) this.busy = false;
    }
    if (run !== this.#run || this.problem || this.complete) return;
    if (added > 0) this.#skipping = false;
    // A page whose rows the words exclude says nothing, nor does one before the rows that were dropped: go on until some are found.
    if ((this.rows.length < 40 && this.#loaded < 5000) || (this.#skipping && !first)) void this.more();
  }

  take(records: HubRecord[]): void {
    if (!this.#apply(records)) return;
    // A hidden page draws nothing, and has no more rows than one that does.
    if (document.hidden && this.#byId.size > 2 * this.#most) this.#newest();
    this.#drawing.ask();
  }

  stop(): void {
    this.#again.end();
    this.#drawing.end();
    this.#run++;
  }

  #apply(records: HubRecord[]): boolean {
    let changed = false;
    for (const record of records) {
      if (!record.kind.startsWith('task_') || !record.data.task) continue;
      const row = this.#byId.get(record.data.task);
      if (row) {
        changed = apply(row, record) || changed;
        if (!stays(this.#query, row)) this.#byId.delete(row.id);
      } else if (record.kind === 'task_created') {
        const fresh = rowOfCreated(record);
        if (this.#query.agent || this.#query.error || (this.#query.parent && record.data.spec?.parent !== this.#query.parent) || !matches(this.#query, fresh)) continue;
        this.#byId.set(fresh.id, fresh);
        changed = true;
      } else if (record.class === 'durable' && this.#mayMatch(record)) this.#reloadSoon();
    }
    return changed;
  }

  // A task that the list did not have came to match: the first page has it, if it is among the newest.
  #reloadSoon(): void {
    this.#again.ask(1000);
  }

  #mayMatch({ data, swarm }: HubRecord): boolean {
    if (this.#query.agent ? data.agent !== this.#query.agent : !this.#query.states.includes(data.state)) return false;
    return data.title === undefined || matches({ ...this.#query, type: undefined }, { id: data.task, title: data.title, state: data.state, swarm: swarm! });
  }

  #show(): void {
    this.rows = this.#newest().map((r) => ({ ...r }));
    if (this.#cut) this.complete = false;
  }

  #newest(): TaskRow[] {
    const rows = [...this.#byId.values()].sort(newestFirst);
    for (const { id } of rows.splice(this.#most)) {
      this.#byId.delete(id);
      this.#cut = true;
    }
    return rows;
  }
}

function newestFirst(a: TaskRow, b: TaskRow): number {
  return a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : b.id.length - a.id.length || (a.id < b.id ? 1 : -1);
}

function rowOf(task: TaskView, offset: number): TaskRow {
  const { id, swarm, state, priority, attempt, created_at, ended_at, lease, progress, error, spec } = task;
  return { id, swarm, state, priority, attempt, created_at, ended_at, progress, offset, title: spec.title, type: spec.type, agent: lease?.agent, started_at: lease?.started_at ?? lease?.assigned_at, error: error?.code };
}

function rowOfCreated({ data, at, swarm, position }: HubRecord): TaskRow {
  return { id: data.task, title: data.title, type: data.spec?.type, swarm: swarm!, state: data.state, priority: data.priority ?? 3, attempt: 0, created_at: at, offset: offsetOf(position) };
}

function apply(row: TaskRow, { kind, data, at, position, class: form }: HubRecord): boolean {
  const offset = offsetOf(position);
  if (form === 'durable' ? offset <= row.offset : offset < row.offset) return false;
  if (form === 'durable') row.offset = offset;
  if (kind === 'task_log') return false;
  row.state = data.state;
  row.priority = data.priority ?? row.priority;
  if (kind === 'task_progress') row.progress = data.progress;
  if (kind === 'task_assigned') Object.assign(row, { agent: data.agent, attempt: data.attempt, progress: undefined, started_at: at });
  if (kind === 'task_started') row.started_at = at;
  if (data.ended && ['completed', 'failed', 'cancelled', 'expired'].includes(data.state)) row.ended_at = at;
  if (data.error) row.error = data.error.code;
  return true;
}
