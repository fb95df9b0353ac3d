import type { HubRecord } from '@waggle/client';
import { usedOf } from './costs';
import { href } from './router.svelte';

/** A line of what happened that a person should know. */
export interface Note {
  position: string;
  at: string;
  level: 'bad' | 'warn' | 'good' | 'info';
  /** Parts of the sentence; those with an address are links. */
  parts: { text: string; to?: string }[];
}

/** The topics that have the records of notes, for the log. */
export const NotePatterns = [
  'question.*', 'agent.*.failed', 'agent.*.removed', 'agent.*.draining', 'task.*.requeued', 'task.*.failed', 'task.*.expired', 'task.*.orphan_result', 'proposal.*', 'system.alert.*', 'swarm.*.state', 'swarm.*.topology', 'swarm.*.created', 'swarm.*.unschedulable', 'budget.*',
];

const Taken: Record<string, string> = {
  lost: 'lost its lease', not_started: 'did not start in time', not_held: 'no longer holds it', agent_removed: 'was removed', released: 'returned it', refused: 'refused it', stopped: 'was asked to stop',
};

/** Turns a record into a sentence; null for the many that are everyday work. */
export function noteOf(record: HubRecord, nameOf: (agent: string) => string): Note | null {
  const { kind, data, position, at } = record;
  const note = (level: Note['level'], ...parts: Note['parts']): Note => ({ position, at, level, parts });
  const agent = (id: string, name?: string) => ({ text: name ?? nameOf(id), to: href('agents', id) });
  const task = () => ({ text: `${data.task} ${data.title}`, to: href('tasks', data.task) });
  switch (kind) {
    case 'agent_failed':
      return note('bad', agent(data.agent, data.name), { text: ` failed: ${data.message ?? data.reason}${data.requeued ? ` Its ${data.requeued === 1 ? 'task' : `${data.requeued} tasks`} went back to the queue.` : ''}` });
    case 'agent_removed':
      return note('warn', { text: `${data.name ?? data.agent} was removed${data.reason ? `: ${data.reason}` : ''}.` });
    case 'agent_draining':
      return note('info', agent(data.agent, data.name), { text: ' takes no new tasks.' });
    case 'task_requeued': {
      const why = Taken[data.reason];
      return why && data.ended ? note('warn', task(), { text: ' waits again: ' }, agent(data.ended.agent, data.ended.standing?.name), { text: ` ${why}.` }) : null;
    }
    case 'task_assigned':
      return data.attempt > 1 ? note('info', agent(data.agent, data.agent_name), { text: ' took over ' }, task(), { text: `, attempt ${data.attempt}.` }) : null;
    case 'task_failed':
      return note('bad', task(), { text: ` failed: ${data.error?.code} ${data.error?.message ?? ''}` });
    case 'task_expired':
      return note('bad', task(), { text: ` expired (${data.timeout}).` });
    case 'task_orphan_result':
      return note('warn', { text: 'A result of ' }, agent(data.agent), { text: ' for ' }, task(), { text: ' came too late and was not applied.' });
    case 'tasks_unschedulable':
      return note('warn', { text: `${data.waiting === 1 ? 'A task waits' : `${data.waiting} tasks wait`}: ${data.reason?.message}`, to: href('tasks', '', { q: 'state:pending' }) });
    case 'question_asked':
      return note('warn', agent(data.agent), { text: ' asks about ' }, task(), { text: ': ' }, { text: data.question_text, to: href('questions') });
    case 'question_closed':
      return data.state === 'expired' ? note('bad', task(), { text: ' got no answer in time.' }) : data.state === 'cancelled' ? null : note('good', { text: `A question of ` }, task(), { text: ` was ${data.state}${data.answered_by ? ` by ${data.answered_by}` : ''}.` });
    case 'proposal_opened':
      return note('info', { text: 'A vote opened: ' }, { text: data.question, to: href('votes', data.proposal) });
    case 'proposal_extended':
      return note('info', { text: data.question, to: href('votes', data.proposal) }, { text: ` is tied${data.tied ? ` between ${data.tied.join(' and ')}` : ''} and got more time (${data.extension} of ${data.max_extensions}).` });
    case 'proposal_closed':
      return note('good', { text: data.question, to: href('votes', data.proposal) }, { text: data.result?.outcome ? ` was decided: ${data.result.outcome}` : ` ended: ${data.state}` });
    case 'alert_fired':
      return note(data.level === 'critical' ? 'bad' : 'warn', { text: data.title, to: href('alerts') }, { text: `: ${data.message}` });
    case 'alert_resolved':
      return note('good', { text: data.title, to: href('alerts') }, { text: ` is over: ${data.reason}` });
    case 'budget_state': {
      const used = usedOf(data);
      if (data.state === 'spent') return note('bad', { text: `Budget ${data.budget}`, to: href('costs') }, { text: ` is spent: ${used}. Its work stops.` });
      return note(data.state === 'warned' ? 'warn' : 'good', { text: `Budget ${data.budget}`, to: href('costs') }, { text: data.state === 'warned' ? ` is almost spent: ${used}.` : ` lets work start again: ${used}.` });
    }
    case 'workflow_ended':
      return data.state === 'failed' && !data.parent_run ? note('bad', { text: `${data.workflow} ${data.run}`, to: href('workflows', data.run) }, { text: ` failed: ${data.error?.code} ${data.error?.message ?? ''}` }) : null;
    case 'swarm_created':
      return note('info', { text: `Swarm ${data.name} was created.`, to: href('swarm', data.swarm_id) });
    case 'swarm_state':
      return note(data.state === 'active' ? 'good' : 'warn', { text: `Swarm ${data.name}`, to: href('swarm', data.swarm_id) }, { text: ` is ${data.state} (${data.changed_by}).` });
    case 'swarm_topology_changed':
      return note('info', { text: `Swarm ${data.name}`, to: href('swarm', data.swarm_id) }, { text: ` is a ${data.to} now.` });
    case 'swarm_topology_repaired':
      return data.successor ? note('info', agent(data.successor), { text: ` follows ${data.lost ? nameOf(data.lost) : 'nobody'} as ${data.role}.` }) : null;
    default:
      return null;
  }
}
