import { TaskAsked, TaskFailed, TaskRefused, type TaskContext } from './context.js';
import { WaggleError } from './errors.js';
import type { TaskAck } from './protocol.js';

/** @internal A message of a worker about a task, without its lease. */
export type Ending = { type: string; [field: string]: unknown };

const FirstPause = 1_000;
const LongestPause = 60_000;
const MostText = 10_000;

/** @internal The message with which an attempt ends whose handler threw. */
export function endingOf(error: unknown, task: TaskContext): Ending {
  if (error instanceof TaskAsked && !task.cause) return { type: 'task.ask', question: error.question, checkpoint: error.checkpoint };
  if (task.cause === 'cancelled') return { type: 'task.cancelled' };
  if (task.cause === 'closing') return { type: 'task.release', reason: 'The worker is closing.' };
  if (error instanceof TaskRefused) return { type: 'task.refuse', reason: error.message };
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MostText) || 'The handler threw.';
  if (error instanceof TaskFailed) {
    const { retryable, retryAfterMs } = error.options;
    return { type: 'task.fail', error: { code: error.code.slice(0, 100), message }, retryable, retry_after_ms: retryAfterMs, usage: task.usage };
  }
  const invalid = error instanceof WaggleError && error.code === 'INVALID_INPUT';
  return { type: 'task.fail', error: { code: invalid ? 'INVALID_INPUT' : 'HANDLER_FAILED', message }, retryable: !invalid, usage: task.usage };
}

/**
 * @internal The message in place of a question that the hub refused; undefined if the attempt has ended for the hub, too. A question that it can never accept
 * would lose the lease, and that of each later attempt.
 */
export function insteadOfQuestion(error: unknown, task: TaskContext): Ending | undefined {
  const code = error instanceof WaggleError ? error.code : undefined;
  if (code === 'INVALID_STATE' && task.cause === 'cancelled') return { type: 'task.cancelled' };
  if (code === 'STALE_LEASE' || code === 'NOT_FOUND' || code === 'INVALID_STATE') return undefined;
  const message = `The question could not be asked: ${error instanceof Error ? error.message : error}`.slice(0, MostText);
  return { type: 'task.fail', error: { code: 'QUESTION_REJECTED', message }, retryable: false, usage: task.usage };
}

/** @internal The usage that an ending does not carry: what an attempt used was used, however it ends. */
export function usageBefore(ending: Ending, task: TaskContext): Ending | undefined {
  const carries = ending.type === 'task.complete' || ending.type === 'task.fail';
  return task.usage && !carries ? { type: 'task.usage', usage: task.usage } : undefined;
}

/** @internal The same ending without the usage that the hub refused: the end counts more. */
export function withoutUsage(ending: Ending, error: unknown): Ending | undefined {
  const refused = error instanceof WaggleError && (error.code === 'INVALID_REQUEST' || error.code === 'QUOTA_EXCEEDED');
  return refused && ending.usage ? { ...ending, usage: undefined } : undefined;
}

/** @internal Sends an ending until the hub has taken it, or has refused it for good. */
export async function deliver(ending: Ending, send: (ending: Ending) => Promise<TaskAck>): Promise<{ ack?: TaskAck; error?: unknown }> {
  for (let pause = FirstPause; ; pause = Math.min(2 * pause, LongestPause)) {
    try {
      return { ack: await send(ending) };
    } catch (error) {
      // An answer to another question makes room for this one, so the task has not failed.
      const full = ending.type === 'task.ask' && error instanceof WaggleError && error.code === 'QUOTA_EXCEEDED';
      const later = (error instanceof WaggleError ? error.retryAfterMs : undefined) ?? (full ? pause : undefined);
      if (later === undefined) return { error };
      await new Promise((resolve) => setTimeout(resolve, later));
    }
  }
}
