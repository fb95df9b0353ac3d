import type { AgentView } from '@waggle/client';

/**
 * The status of an agent as a person should see it. The hub calls an agent offline 30 s after its last message; that its worker fell silent or ended it says
 * sooner, as a failure. An agent that was heard after that is back.
 */
export function presenceOf({ status, failure, last_seen_at }: Pick<AgentView, 'status' | 'failure' | 'last_seen_at'>): string {
  if (!failure || status !== 'online') return status;
  return last_seen_at && Date.parse(last_seen_at) > Date.parse(failure.at) ? status : 'lost';
}
