import { WaggleError, type WaggleClient } from '@waggle/client';

/** What a hub may lack, or a token may not read. A view stands for its part, and there is no view of a part that does not answer. */
const Parts: Record<string, Record<string, unknown> | string> = {
  tasks: { type: 'task.list' },
  agents: { type: 'agent.list' },
  swarms: { type: 'swarm.list' },
  questions: { type: 'question.list' },
  workflows: { type: 'workflow.list' },
  schedules: { type: 'schedule.list' },
  costs: { type: 'cost.show' },
  votes: { type: 'vote.list' },
  memory: { type: 'memory.namespaces' },
  system: { type: 'alert.list' },
  chat: 'conversations?limit=1',
};
// These have no limit.
const Whole = new Set(['agents', 'swarms', 'costs']);

/** The parts that answer: each is asked for one row, all at once. */
export async function reachOf(client: WaggleClient, get: (path: string) => Promise<unknown>, known: Set<string>): Promise<Set<string>> {
  const answers = Object.entries(Parts).filter(([part]) => !known.has(part)).map(async ([part, ask]) => {
    const answer = typeof ask === 'string' ? get(ask) : client.request({ type: '', ...ask, ...(!Whole.has(part) && { limit: 1 }) });
    return (await optional(answer.then(() => true), false)) ? part : '';
  });
  return new Set([...known, ...(await Promise.all(answers)).filter(Boolean)]);
}

/** The answer, or something else where the hub has no such part, or the token does not reach it. */
export async function optional<T, O>(answer: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WaggleError && ['FORBIDDEN', 'NOT_AVAILABLE', 'UNKNOWN_TYPE'].includes(error.code)) return otherwise;
    throw error;
  }
}
