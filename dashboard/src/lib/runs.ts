import type { HubRecord } from '@waggle/client';
import { hub } from './hub.svelte';

/** The views of waggle.v1 about workflows; docs/workflows.md. */
export interface Workflow {
  id: string;
  version: number;
  swarm: string;
  description?: string;
  steps: number;
  defined_at: string;
  defined_by: string;
  definition?: { steps: { id: string; depends_on?: string[]; [kind: string]: unknown }[] };
}

export interface Run {
  id: string;
  workflow: string;
  version: number;
  swarm: string;
  state: string;
  key?: string;
  created_at: string;
  created_by: string;
  started_at?: string;
  ended_at?: string;
  deadline: string;
  steps: number;
  ended_steps: number;
  failed_steps: number;
  skipped_steps: number;
  progress: number;
  remaining_ms?: number;
  remaining_unknown?: string;
  error?: { code: string; message: string; step?: string };
  cancel_reason?: string;
  retries: number;
  compensated: boolean;
  parent_run?: string;
  parent_step?: string;
  output?: unknown;
}

export interface Step {
  step: string;
  state: string;
  kind: 'task' | 'workflow' | 'timer' | 'signal';
  depends_on?: string[];
  task?: string;
  run?: string;
  signal?: string;
  started_at?: string;
  ended_at?: string;
  due_at?: string;
  items?: number;
  ended_items?: number;
  failed_items?: number;
  error?: { code: string; message: string };
  compensation_task?: string;
  compensation?: string;
}

const PageSize = 1000;

/** All steps of a run, at most the 10,000 that the hub permits, in the order of the definition. */
export async function stepsOf(run: string): Promise<Step[]> {
  const steps: Step[] = [];
  for (let cursor: string | undefined, first = true; first || cursor; first = false) {
    const page: { steps: Step[]; cursor?: string } = await hub.ask('run.steps', { run, limit: PageSize, ...(cursor && { cursor }) });
    steps.push(...page.steps);
    cursor = page.cursor;
  }
  return steps;
}

export const hasEnded = (run: Run) => ['completed', 'failed', 'cancelled'].includes(run.state);

/** Whether a record tells of this run: of itself, or of a task of one of its steps. */
export function concerns(record: HubRecord, run: Run, steps: Map<string, Step>): boolean {
  if (record.kind.startsWith('workflow_')) return record.data?.run === run.id || record.data?.parent_run === run.id;
  if (!record.kind.startsWith('task_') || record.class !== 'durable') return false;
  // The tasks of a map are many, and only their number is in the step.
  return steps.has(record.data?.task) || (record.swarm === run.swarm && [...steps.values()].some((s) => s.state === 'running' && s.items !== undefined));
}

/** The steps of a definition, of which none has begun. */
export function stepsOfDefinition(definition: NonNullable<Workflow['definition']>): Step[] {
  return definition.steps.map((s) => ({
    step: s.id, state: 'waiting', depends_on: s.depends_on, kind: s['signal'] ? 'signal' : s['timer'] ? 'timer' : s['workflow'] ? 'workflow' : 'task',
  }));
}
