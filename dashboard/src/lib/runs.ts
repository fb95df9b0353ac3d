import type { HubRecord, WorkflowDefinition, WorkflowRunView, WorkflowStepPage, WorkflowStepView } from '@waggle/client';
import { hub } from './hub.svelte';

const PageSize = 1000;

/** All steps of a run, at most the 10,000 that the hub permits, in the order of the definition. */
export async function stepsOf(run: string): Promise<WorkflowStepView[]> {
  const steps: WorkflowStepView[] = [];
  for (let cursor: string | undefined, first = true; first || cursor; first = false) {
    const page: WorkflowStepPage = await hub.ask('run.steps', { run, limit: PageSize, ...(cursor && { cursor }) });
    steps.push(...page.steps);
    cursor = page.cursor;
  }
  return steps;
}

export const hasEnded = (run: WorkflowRunView) => ['completed', 'failed', 'cancelled'].includes(run.state);

/** Whether a record tells of this run: of itself, or of a task of one of its steps. */
export function concerns(record: HubRecord, run: WorkflowRunView, steps: Map<string, WorkflowStepView>): boolean {
  if (record.kind.startsWith('workflow_')) return record.data?.run === run.id || record.data?.parent_run === run.id;
  if (!record.kind.startsWith('task_') || record.class !== 'durable') return false;
  // The tasks of a map are many, and only their number is in the step.
  return steps.has(record.data?.task) || (record.swarm === run.swarm && [...steps.values()].some((s) => s.state === 'running' && s.items !== undefined));
}

/** The steps of a definition, of which none has begun. */
export function stepsOfDefinition(definition: WorkflowDefinition): WorkflowStepView[] {
  return definition.steps.map((s) => ({
    step: s.id, state: 'waiting', depends_on: s.depends_on, kind: s.signal ? 'signal' : s.timer ? 'timer' : s.workflow ? 'workflow' : 'task',
  }));
}
