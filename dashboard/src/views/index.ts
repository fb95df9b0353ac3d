import type { Component } from 'svelte';
import { hub } from '../lib/hub.svelte';
import Overview from './Overview.svelte';

interface View {
  title: string;
  /** Its place in the navigation; 0: none. */
  group: number;
  load: () => Promise<{ default: Component }>;
  /** What the hub has to have, and the token to reach; nothing, if left out. */
  part?: string;
}

export const Views: Record<string, View> = {
  overview: { title: 'Overview', group: 1, load: async () => ({ default: Overview }) },
  tasks: { title: 'Tasks', group: 1, load: () => import('./Tasks.svelte'), part: 'tasks' },
  agents: { title: 'Agents', group: 1, load: () => import('./Agents.svelte'), part: 'agents' },
  swarm: { title: 'Swarms', group: 1, load: () => import('./Swarms.svelte'), part: 'swarms' },
  questions: { title: 'Questions', group: 1, load: () => import('./Questions.svelte'), part: 'questions' },
  workflows: { title: 'Workflows', group: 1, load: () => import('./Workflows.svelte'), part: 'workflows' },
  schedules: { title: 'Schedules', group: 1, load: () => import('./Schedules.svelte'), part: 'schedules' },
  errors: { title: 'Errors', group: 2, load: () => import('./Errors.svelte'), part: 'tasks' },
  alerts: { title: 'Alerts', group: 2, load: () => import('./Alerts.svelte'), part: 'system' },
  predictions: { title: 'Predictions', group: 2, load: () => import('./Predictions.svelte'), part: 'tasks' },
  costs: { title: 'Costs', group: 2, load: () => import('./Costs.svelte'), part: 'costs' },
  votes: { title: 'Votes', group: 3, load: () => import('./Votes.svelte'), part: 'votes' },
  memory: { title: 'Memory', group: 3, load: () => import('./Memory.svelte'), part: 'memory' },
  chat: { title: 'Chat', group: 3, load: () => import('./Chat.svelte'), part: 'chat' },
  stream: { title: 'Stream', group: 4, load: () => import('./Stream.svelte') },
  system: { title: 'System', group: 4, load: () => import('./System.svelte'), part: 'system' },
};

/** Whether there is something to show: the hub has it, and the token may read it. */
export function isThere(view: string): boolean {
  const { part } = Views[view]!;
  return !part || hub.has(part);
}

/** The views of the navigation, in its order. */
export function shownViews(): [string, View][] {
  return Object.entries(Views).filter(([name, v]) => v.group && isThere(name));
}
