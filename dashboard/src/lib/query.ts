import type { TaskState } from '@waggle/client';

/** What a filter of tasks says. The hub applies it to the tasks that it lists; the words of a new task are compared with its title. */
export interface TaskQuery {
  states: TaskState[];
  swarm?: string;
  agent?: string;
  parent?: string;
  type?: string;
  error?: string;
  words: string[];
  /** What is not understood. */
  problem?: string;
}

const States = ['blocked', 'pending', 'assigned', 'running', 'retry_wait', 'input_required', 'verifying', 'cancelling', 'completed', 'failed', 'cancelled', 'expired'];

const Keys = 'state, swarm, agent, parent, type, error, text';

/**
 * Reads `state:failed,expired swarm:s1 agent:a1 parent:t1 type:build error:FINGERPRINT words`, the language of `waggle task list --where`: both read the
 * examples of spec/task-filters.json. A part without a value is one that somebody still types: it says nothing yet.
 */
export function parseQuery(text: string): TaskQuery {
  const query: TaskQuery = { states: [], words: [] };
  for (const token of text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []) {
    const part = token.replaceAll('"', '');
    const colon = part.indexOf(':');
    const [key, value] = colon < 0 ? ['text', part] : [part.slice(0, colon), part.slice(colon + 1)];
    if (key === 'state') {
      for (const state of value.split(',').filter(Boolean)) {
        if (States.includes(state)) query.states.push(state as TaskState);
        else query.problem = `There is no state '${state}'. States are ${States.join(', ')}.`;
      }
    } else if (key === 'swarm' || key === 'agent' || key === 'parent' || key === 'type' || key === 'error') {
      if (value) query[key] = value;
    } else if (key === 'text') query.words.push(...value.toLowerCase().split(/\s+/).filter(Boolean));
    else query.problem = `There is no key '${key}'. Keys are ${Keys}.`;
  }
  return query;
}

/** The same question for a terminal. */
export function commandOf(query: TaskQuery): string {
  const options = [...query.states.map((s) => `--state ${s}`), ...(['swarm', 'agent', 'parent', 'type', 'error'] as const).filter((k) => query[k]).map((k) => `--${k} ${quote(query[k]!)}`)];
  const text = textOf(query);
  return ['waggle task list', ...options, ...(text ? [`--text ${quote(text)}`] : [])].join(' ');
}

/** The words for the hub: the last one, which may be unfinished, is the beginning of a word. */
export function textOf({ words }: TaskQuery): string | undefined {
  const last = words.at(-1);
  return last === undefined ? undefined : [...words.slice(0, -1), /[\p{L}\p{N}]{3,}$/u.test(last) ? `${last}*` : last].join(' ');
}

export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function matches(query: TaskQuery, row: { id: string; title: string; type?: string; state: string; swarm: string; agent?: string }): boolean {
  if (query.states.length > 0 && !query.states.includes(row.state as TaskState)) return false;
  if (query.swarm && row.swarm !== query.swarm) return false;
  if (query.type && row.type !== query.type) return false;
  const text = `${row.id} ${row.title}`.toLowerCase();
  return query.words.every((w) => text.includes(w.replaceAll('*', '')));
}

/** Whether a task that the hub listed still matches: its words may be in its error or metadata, which a row does not have. */
export function stays(query: TaskQuery, row: Parameters<typeof matches>[1]): boolean {
  return matches({ ...query, words: [] }, row);
}
