/** The messages and views of waggle.v1 (spec/waggle.v1.md). Times are UTC texts, durations whole milliseconds, progress and proficiencies 0 to 1. */

import type { Answer, Dependency, Lease, TaskSpec, TaskState } from './task-views.js';
import type { InputRef, SwarmMetrics } from './views.js';

export type * from './bulk-views.js';
export type * from './purge-views.js';
export type * from './task-logs.js';
export * from './task-views.js';
export type * from './usage-views.js';
export type * from './views.js';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A place in the hive's log, `EPOCH:OFFSET`. Store it and send it back unchanged. */
export type Position = string;

export interface AgentView {
  id: string;
  name: string;
  type?: string;
  types?: string[];
  swarm: string;
  status: 'online' | 'draining' | 'offline' | 'unknown' | 'removed';
  capabilities: Record<string, number>;
  slots: number;
  holding: string[];
  registered_at: string;
  last_seen_at?: string;
  completed: number;
  failed: number;
  lost: number;
  average_ms?: number;
  failure?: { reason: string; at: string; exit_code?: number; signal?: string; message?: string };
}

export interface SwarmTopology {
  kind: string;
  current: string;
  leads: string[];
  entry?: string;
  since?: string;
  changed_by?: string;
  reason?: string;
}

export interface SwarmView {
  id: string;
  name: string;
  created_at: string;
  agents: number;
  tasks: Partial<Record<TaskState, number>>;
  state: 'active' | 'paused' | 'stopped';
  state_since?: string;
  state_by?: string;
  metrics?: SwarmMetrics;
  topology?: SwarmTopology;
  quota?: SwarmQuotaView;
}

/** The quota of a swarm and what it has of it. */
export interface SwarmQuotaView {
  open_tasks?: QuotaUse;
  agents?: QuotaUse;
  bytes?: QuotaUse;
}

export interface QuotaUse {
  limit: number;
  used: number;
}

/** A change or an event in the hive. */
export interface HubRecord {
  type: 'record';
  position: Position;
  topic: string;
  kind: string;
  class: 'durable' | 'latest' | 'stream';
  at: string;
  swarm?: string;
  data?: any;
}

export type Filter =
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter }
  | { field: string; eq?: string | number | boolean; in?: (string | number | boolean)[]; exists?: boolean; gt?: string | number; lt?: string | number; prefix?: string };

export interface Welcome {
  type: 'welcome';
  protocol: string;
  hub: string;
  hive: string;
  session: string;
  position: Position;
  heartbeat_ms: number;
  max_message_bytes: number;
  agent?: { id: string; swarm: string; keep: Lease[]; stop: Lease[]; missing: Lease[] };
  token_expires_at?: string;
}

export interface Assign extends Lease {
  type: 'assign';
  lease_ms: number;
  swarm: string;
  spec: TaskSpec;
  dependencies?: Dependency[];
  /** The answers to the questions of earlier attempts, the newest last. */
  answers?: QuestionAnswer[];
  /** The checkpoint that the last attempt kept. */
  checkpoint?: unknown;
  /** The parts of the input that are too large for the message. */
  input_refs?: InputRef[];
}

/** The answer to a question that a worker asked about its task. */
export interface QuestionAnswer {
  question: string;
  key?: string;
  attempt: number;
  state: 'answered' | 'defaulted';
  answer: unknown;
  answered_by?: string;
}

export interface AgentMessage {
  type: 'message';
  message: string;
  agent: string;
  swarm: string;
  from_agent?: string;
  from_user?: string;
  content: unknown;
  sent_at: string;
  expires_at: string;
}

export interface VoteRequested {
  type: 'vote.requested';
  proposal: string;
  swarm: string;
  question: string;
  options: string[];
  rule: string;
  deadline: string;
}

/** A message of a client, without its id. */
export interface ClientMessage {
  type: string;
  [field: string]: unknown;
}

/** The answer to a request: what was returned, and the position up to which its effect is durable. */
export interface Reply<T = unknown> {
  result: T;
  position?: Position;
}

/** A message of the hub. Clients ignore types and fields that they do not know. */
export type HubMessage =
  | Welcome
  | HubRecord
  | Assign
  | AgentMessage
  | VoteRequested
  | { type: 'reply'; id: string; result?: unknown; position?: Position }
  | { type: 'error'; id?: string; code: string; message: string; retry_after_ms?: number }
  | { type: 'gap'; from: Position; to: Position; dropped: number }
  | { type: 'position'; position: Position }
  | ({ type: 'answer'; answer: Answer } & Lease)
  | ({ type: 'cancel'; reason?: string; grace_ms: number } & Lease)
  | ({ type: 'stop'; reason: string } & Lease)
  | { type: 'runner.start'; spawn: string; attempt: number; role: string; agent: string; name: string; agent_type: string; swarm: string; capabilities: Record<string, number>; slots: number }
  | { type: 'runner.stop'; spawn: string; attempt: number; reason: string }
  | { type: 'auth.expiring'; token_expires_at: string }
  | { type: 'bye'; code: number; reason: string; retry_after_ms?: number };
