/** The messages and views of waggle.v1 (spec/waggle.v1.md). Times are UTC texts, durations whole milliseconds, progress and proficiencies 0 to 1. */

import type { InputRef, SwarmMetrics } from './views.js';

export type * from './views.js';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A place in the hive's log, `EPOCH:OFFSET`. Store it and send it back unchanged. */
export type Position = string;

export type TaskState =
  | 'blocked' | 'pending' | 'assigned' | 'running' | 'retry_wait' | 'cancelling' | 'completed' | 'failed' | 'cancelled' | 'expired'
  | 'verifying' | 'input_required' | 'rejected';

/** The identity of a lease. A message about a task that a worker holds carries all three. */
export interface Lease {
  task: string;
  attempt: number;
  token: number;
}

export interface TaskSpec {
  title: string;
  type?: string;
  input?: unknown;
  swarm?: string;
  requires?: Record<string, number>;
  /** 1 (first) to 5 (last). */
  priority?: number;
  depends_on?: string[];
  join?: 'all_completed' | 'all_ended';
  assign_to?: string;
  parent?: string;
  idempotency_key?: string;
  metadata?: Record<string, string>;
  lease_ms?: number;
  max_attempts?: number;
  poison_losses?: number;
  backoff_base_ms?: number;
  backoff_cap_ms?: number;
  schedule_to_start_ms?: number;
  start_to_close_ms?: number;
  schedule_to_close_ms?: number;
  cancel_grace_ms?: number;
  /** Agents that never get the task; at most 100. */
  exclude?: string[];
  /** How the hub checks the result before the task is completed. */
  verify?: VerifySpec;
  /** At most `limit` tasks of the swarm with this key are held at a time. */
  concurrency?: { key: string; limit: number };
  /** The key that shares the agents of the swarm with other keys, and the weight of its share, 1 if left out. */
  fairness?: { key: string; weight?: number };
}

/** At least one of the checks is given; the schema comes first. */
export interface VerifySpec {
  /** A JSON schema (2020-12) that the result satisfies, at most 16 KiB. */
  schema?: unknown;
  /** The tasks by which agents other than the author check the result; more than half of them decide. */
  review?: { type?: string; requires?: Record<string, number>; count?: number };
  /** The time for all checks, 10 minutes if left out. */
  deadline_ms?: number;
}

export interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  cost_usd?: number;
}

export interface TaskFailure {
  code: string;
  message: string;
}

export interface ResultRef {
  blob: string;
  bytes: number;
  sha256: string;
  content_type?: string;
}

export interface AssignmentReason {
  score: number;
  proficiency?: number;
  free_share: number;
  candidates: number;
  avoided: boolean;
  /** The agent was chosen because it asked the question that is now answered. */
  resumed?: boolean;
}

/** The duration to expect: the median and the 90th percentile of the last attempts of the agent on tasks of the same type. */
export interface DurationEstimate {
  p50_ms: number;
  p90_ms: number;
  samples: number;
}

export interface UnschedulableReason {
  code: string;
  message: string;
  capability?: string;
  nearest?: string;
  short_by?: number;
}

export interface Attempt {
  task: string;
  attempt: number;
  agent: string;
  token: number;
  outcome: string;
  assigned_at: string;
  started_at?: string;
  ended_at?: string;
  last_progress?: number;
  log_tail?: string[];
  reason?: AssignmentReason;
  estimate?: DurationEstimate;
  usage?: Usage;
  error?: TaskFailure;
  /** What the worker reported about a result that the hub checked: completed. */
  claimed_outcome?: string;
  /** The end of the checks: passed, failed or incomplete. */
  verification?: string;
}

export interface TaskView {
  id: string;
  swarm: string;
  state: TaskState;
  priority: number;
  /** The only agent that may have the task. */
  assignee?: string;
  created_at: string;
  updated_at: string;
  ended_at?: string;
  created_by?: string;
  attempt: number;
  failures: number;
  losses: number;
  refusals: number;
  dead_letter: boolean;
  cancel_requested: boolean;
  spec: TaskSpec;
  lease?: { agent: string; attempt: number; token: number; assigned_at: string; started_at?: string; reason?: AssignmentReason; estimate?: DurationEstimate };
  result?: unknown;
  result_ref?: ResultRef;
  result_missing?: boolean;
  usage?: Usage;
  claimed_outcome?: string;
  verified_outcome?: string;
  verification?: string;
  /** The reviews that ended, while the task is `verifying`. */
  verdicts?: { task: string; agent?: string; passed?: boolean; reason?: string }[];
  /** The task whose result this one reviews. */
  verifies?: string;
  attempts?: Attempt[];
  next_retry_at?: string;
  progress?: number;
  /** The time that the attempt is expected to take from now; absent without a basis, and in lists. */
  remaining_ms?: number;
  error?: TaskFailure;
  cancel_reason?: string;
  cancelled_by?: string;
  retry_of?: string;
  input_refs?: InputRef[];
  unschedulable_reason?: UnschedulableReason;
  /** The limit that keeps a pending task from being assigned, such as `concurrency:repo-7 (3 of 3)`; absent in lists. */
  waiting_for?: string;
  /** The question that the task waits for. */
  question?: string;
  checkpoint?: unknown;
}

export interface TaskCreated {
  id: string;
  state: TaskState;
  duplicate: boolean;
  matching_agents: number;
  unschedulable_reason?: UnschedulableReason;
}

export interface TaskAck {
  task: string;
  state: TaskState;
  duplicate: boolean;
  cancel_requested: boolean;
}

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
}

export interface Dependency {
  task: string;
  state?: TaskState;
  result?: unknown;
  result_ref?: ResultRef;
  error?: TaskFailure;
  omitted?: boolean;
}

/** A question of a worker about its task. Without `hold` the attempt ends, and the answer starts another one. */
export interface QuestionSpec {
  text: string;
  choices?: string[];
  /** A JSON schema that the answer satisfies. */
  schema?: unknown;
  deadline_ms?: number;
  /** The answer where nobody gives one before the deadline. */
  default?: unknown;
  hold?: boolean;
  /** Names the question, so that a later attempt finds its answer and does not ask again. */
  key?: string;
}

export interface Answer {
  question: string;
  key?: string;
  attempt: number;
  state: 'answered' | 'defaulted';
  answer: any;
  answered_by?: string;
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

const Terminal: ReadonlySet<TaskState> = new Set(['completed', 'failed', 'cancelled', 'expired', 'rejected']);

/** Whether a task in this state has ended. */
export function isTerminal(state: TaskState): boolean {
  return Terminal.has(state);
}
