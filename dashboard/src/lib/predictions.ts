import type { Attempt, DurationEstimate, TaskView } from '@waggle/client';
import { hub } from './hub.svelte';

/** An attempt whose duration was predicted at its assignment. */
export interface Predicted {
  task: string;
  title: string;
  type?: string;
  agent: string;
  attempt: number;
  started: number;
  /** How long it took; null while it runs. */
  took: number | null;
  estimate: DurationEstimate;
}

const Most = 200;

function of(task: TaskView, a: Pick<Attempt, 'agent' | 'attempt' | 'assigned_at' | 'started_at' | 'ended_at' | 'estimate'>, ended: boolean): Predicted | null {
  if (!a.estimate || (ended && !a.ended_at)) return null;
  const started = Date.parse(a.started_at ?? a.assigned_at);
  return {
    task: task.id, title: task.spec.title, type: task.spec.type, agent: a.agent, attempt: a.attempt, started, took: ended ? Date.parse(a.ended_at!) - started : null, estimate: a.estimate,
  };
}

/** The tasks that run now and have a prediction. */
export async function running(agent?: string): Promise<Predicted[]> {
  const { tasks } = await hub.client.tasks.list({ states: ['assigned', 'running'], agent, limit: Most });
  return tasks.map((t) => (t.lease ? of(t, t.lease, false) : null)).filter((p) => p !== null);
}

/** The last attempts that completed and had a prediction, the oldest first. `known` are those that were read before: the attempts of a completed task do not change. */
export async function ended(known: Map<string, Predicted | null>, agent?: string): Promise<Predicted[]> {
  const { tasks } = await hub.client.tasks.list({ states: ['completed'], agent, limit: Most });
  const unread = tasks.filter((t) => !known.has(t.id));
  for (let i = 0; i < unread.length; i += 50) {
    await Promise.all(unread.slice(i, i + 50).map(async ({ id }) => {
      const task = await hub.client.tasks.show(id);
      const last = task.attempts?.findLast((a) => a.outcome === 'completed');
      known.set(id, last ? of(task, last, true) : null);
    }));
  }
  return tasks.map((t) => known.get(t.id) ?? null).filter((p) => p !== null).sort((a, b) => a.started + a.took! - b.started - b.took!);
}
