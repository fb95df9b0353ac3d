import type { Component } from 'svelte';
import { hub } from '../lib/hub.svelte';
import Overview from './Overview.svelte';

interface View {
  title: string;
  /** Its place in the navigation; 0: none. */
  group: number;
  load: () => Promise<{ default: Component }>;
  /** Whether the hub has what the view shows, and the token reaches it; always, if left out. */
  there?: () => boolean;
}

export const Views: Record<string, View> = {
  overview: { title: 'Overview', group: 1, load: async () => ({ default: Overview }) },
  tasks: { title: 'Tasks', group: 1, load: () => import('./Tasks.svelte') },
  agents: { title: 'Agents', group: 1, load: () => import('./Agents.svelte') },
  swarm: { title: 'Swarms', group: 1, load: () => import('./Swarms.svelte') },
  questions: { title: 'Questions', group: 1, load: () => import('./Questions.svelte') },
  workflows: { title: 'Workflows', group: 1, load: () => import('./Workflows.svelte'), there: () => hub.swarm.workflows },
  schedules: { title: 'Schedules', group: 1, load: () => import('./Schedules.svelte') },
  errors: { title: 'Errors', group: 2, load: () => import('./Errors.svelte') },
  alerts: { title: 'Alerts', group: 2, load: () => import('./Alerts.svelte') },
  votes: { title: 'Votes', group: 3, load: () => import('./Votes.svelte') },
  memory: { title: 'Memory', group: 3, load: () => import('./Memory.svelte') },
  chat: { title: 'Chat', group: 3, load: () => import('./Chat.svelte') },
  stream: { title: 'Stream', group: 4, load: () => import('./Stream.svelte') },
  system: { title: 'System', group: 4, load: () => import('./System.svelte') },
};

/** The views of the navigation, in its order. */
export function shownViews(): [string, View][] {
  return Object.entries(Views).filter(([, v]) => v.group && (v.there?.() ?? true));
}
