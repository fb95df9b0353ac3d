import { WaggleError, type HubRecord } from '@waggle/client';
import { hub } from './hub.svelte';
import { NotePatterns, noteOf } from './notes';

interface LogPage {
  records: HubRecord[];
  position: string;
  at_head: boolean;
}

const Reach = 20_000;

/** Reads what happened before the page was opened, so that a person who comes late knows it, too: the notable records near the end of the log. */
export async function loadHistory(): Promise<void> {
  const found = await lately([...NotePatterns, ...(hub.has('workflows') ? ['run.*.ended'] : [])]);
  const { swarm } = hub;
  const known = new Set(swarm.notes.map((n) => n.position));
  const notes = found.map((r) => noteOf(r, (id) => swarm.agents.get(id)?.name ?? id)).filter((n) => n !== null).filter((n) => !known.has(n.position));
  await takeovers(found, notes);
  swarm.notes = [...swarm.notes, ...notes.reverse()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 200);
  swarm.version++;
}

/** The records of these topics among the last 20,000 of the log, the oldest first. */
export async function lately(patterns: string[]): Promise<HubRecord[]> {
  const [epoch, offset] = hub.position.split(':') as [string, string];
  const start = Math.max(0, Number(offset) - Reach);
  const topics = patterns.map((p) => `pattern=${encodeURIComponent(p)}`).join('&');
  // A position belongs to the epoch that it was written in, and a hub that was restarted is in a later one.
  let found: HubRecord[] = [];
  for (let back = 0; back < 5 && found.length === 0 && Number(epoch) - back > 0; back++) found = await read(topics, `${Number(epoch) - back}:${start}`);
  return found;
}

async function read(topics: string, since: string): Promise<HubRecord[]> {
  const found: HubRecord[] = [];
  try {
    for (let page = 0; page < 20; page++) {
      const { records, position, at_head } = await hub.get<LogPage>(`events?${topics}&since=${encodeURIComponent(since)}&limit=200`);
      found.push(...records);
      since = position;
      if (at_head) break;
    }
  } catch (error) {
    // The log may not reach back that far, or the token may not read it all.
    if (!(error instanceof WaggleError)) throw error;
  }
  return found;
}

// Who took a task over is in the task: its assignments are too many to read from the log.
async function takeovers(records: HubRecord[], notes: ReturnType<typeof noteOf>[]): Promise<void> {
  const requeued = [...new Set(records.filter((r) => r.kind === 'task_requeued' && r.data.ended && r.data.reason !== 'retry_due').map((r) => r.data.task as string))];
  for (const id of requeued.slice(-20)) {
    try {
      const task = await hub.client.tasks.show(id);
      const lease = task.lease;
      if (!lease || lease.attempt < 2) continue;
      const record: HubRecord = {
        type: 'record', kind: 'task_assigned', class: 'durable', topic: '', position: `takeover ${id}/${lease.attempt}`, at: lease.assigned_at,
        data: { task: id, title: task.spec.title, agent: lease.agent, attempt: lease.attempt },
      };
      notes.push(noteOf(record, (agent) => hub.swarm.agents.get(agent)?.name ?? agent)!);
    } catch (error) {
      if (!(error instanceof WaggleError)) throw error;
    }
  }
}
