import { isTerminal, type Attempt, type TaskView } from '@waggle/client';

const Held = ['assigned', 'running', 'cancelling', 'input_required'];

/** The attempts of a task in their order. One that runs is the lease of the task: the hub lists it when it has ended. */
export function attemptsOf(task: TaskView): Attempt[] {
  const list = [...(task.attempts ?? [])];
  const { lease } = task;
  if (lease && !isTerminal(task.state) && Held.includes(task.state) && !list.some((a) => a.attempt === lease.attempt)) list.push({ task: task.id, ...lease, outcome: task.state });
  return list.sort((a, b) => a.attempt - b.attempt);
}
