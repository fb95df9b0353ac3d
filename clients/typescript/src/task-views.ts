/** Tasks (spec/waggle.v1.md#tasks). */

import type { InputRef } from './views.js';

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
  /** At most `limit` tasks of the swarm with this key are assigned in a period, which begins with the first assignment after the last one. */
  rate?: { key: string; limit: number; per_ms: number };
  /** The swarm has one open task with this key; a second creation is refused (`reject`, if left out) or answered with the open task. */
  singleton?: { key: string; on_conflict?: 'reject' | 'return_existing' };
  /** The task waits for the period, and a later creation with this key within it takes its place. */
  debounce?: { key: string; period_ms: number };
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

/** What an attempt used so far with one model. The numbers are cumulative: each report contains those before it. */
export interface Usage {
  /** The model, as its provider names it, 1 to 128 characters. */
  model?: string;
  /** All input, including the cached tokens. */
  input_tokens?: number;
  /** All output, including the tokens of reasoning. */
  output_tokens?: number;
  cached_tokens?: number;
  reasoning_tokens?: number;
  cost_usd?: number;
  /** The origin of the cost, which the hub sets: the worker, the operator's prices, or both. */
  cost_basis?: 'reported' | 'priced' | 'mixed';
}

/** The limits of a workflow run: of all its steps, and of the runs that its steps start, together. */
export interface RunBudget {
  /** The limit of input and output tokens together. */
  tokens?: number;
  cost_usd?: number;
  /** What happens to an agent whose cost is unknown. Default: refuse. */
  unknown_cost?: 'refuse' | 'allow';
}

/** The sum of the usage of several attempts. */
export interface UsageTotals {
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  reasoning_tokens: number;
  /** The sum of the known costs. */
  cost_usd?: number;
  /** The part, negative, by which reports lowered costs of earlier days. */
  correction_usd?: number;
  /** The number of models of attempts whose cost is unknown. Their tokens are in the sums. */
  unknown_costs: number;
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
  /** What the attempt used, all models together. */
  usage?: Usage;
  /** What the attempt used by model, if it used more than one. */
  model_usage?: Usage[];
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
  /** What the last attempt used, all models together. */
  usage?: Usage;
  /** What the last attempt used by model, if it used more than one. */
  model_usage?: Usage[];
  /** What all attempts used. */
  total_usage?: UsageTotals;
  /** Why the hub asked the worker to stop, in the reply to a request for this one task. */
  stop_reason?: string;
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
  /** The time when a purge erased the task's payload. */
  purged_at?: string;
  purged_by?: string;
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

const Terminal: ReadonlySet<TaskState> = new Set(['completed', 'failed', 'cancelled', 'expired', 'rejected']);

/** Whether a task in this state has ended. */
export function isTerminal(state: TaskState): boolean {
  return Terminal.has(state);
}
