import type { HubRecord } from '@waggle/client';

/** A message to an agent. Nobody but its agent receives what it says. */
export interface Message {
  id: string;
  /** An agent, or a person. */
  from: string;
  fromAgent: boolean;
  to: string;
  at: string;
  state: 'waiting' | 'handled' | 'failed' | 'expired';
  /** How long it waited, or why it ended. */
  note: string | number;
}

const Most = 50;

/** The last messages after some records, the newest first. */
export function withMessages(messages: Message[], records: HubRecord[]): Message[] {
  let next = messages;
  for (const { kind, data, at } of records) {
    if (kind === 'agent_message_sent') {
      if (next.some((m) => m.id === data.message && m.to === data.agent)) continue;
      next = [{ id: data.message, from: data.from_agent ?? data.from_user ?? '', fromAgent: !!data.from_agent, to: data.agent, at, state: 'waiting', note: '' }, ...next];
    } else if (kind === 'agent_message_acknowledged') next = ended(next, data, data.failed ? 'failed' : 'handled', data.failed ?? data.waited_ms);
    else if (kind === 'agent_message_expired') next = ended(next, data, 'expired', data.reason);
  }
  return next === messages ? messages : next.slice(0, Most);
}

function ended(messages: Message[], data: { message: string; agent: string }, state: Message['state'], note: string | number): Message[] {
  return messages.map((m) => (m.id === data.message && m.to === data.agent ? { ...m, state, note } : m));
}
