/** The views of waggle.v1 beside those of tasks and agents (spec/waggle.v1.md). Times are UTC texts, durations whole milliseconds. */
import type { ResultRef, RunBudget, TaskSpec, UsageTotals } from './protocol.js';

/** A question as it is shown. */
export interface QuestionView {
  id: string;
  task: string;
  title: string;
  swarm: string;
  agent: string;
  attempt: number;
  text: string;
  choices?: string[];
  schema?: unknown;
  default?: unknown;
  hold: boolean;
  key?: string;
  state: 'open' | 'answered' | 'defaulted' | 'expired' | 'cancelled';
  asked_at: string;
  deadline: string;
  closed_at?: string;
  answered_by?: string;
  answer?: unknown;
  duplicate?: boolean;
}

/** A part of an input that the hub fills in when a worker gets the task, so that an output is stored once. */
export interface InputRef {
  at: string;
  task?: string;
  run?: string;
  items?: string;
  path: string;
  result_ref?: ResultRef;
  gone?: boolean;
}

/** The input of a task with the parts that were too large for its assignment. `input_refs` names those that are not filled in. */
export interface TaskInput {
  input?: unknown;
  input_refs?: InputRef[];
}

/** The start of a run. */
export interface WorkflowStart {
  workflow: string;
  version?: number;
  input?: unknown;
  key?: string;
  on_conflict?: 'reject' | 'enqueue' | 'replace';
  /** The limit of what the run may use. Default: that of the definition. */
  budget?: RunBudget;
  idempotency_key?: string;
}

export interface WorkflowView {
  id: string;
  version: number;
  swarm: string;
  description?: string;
  steps: number;
  defined_at: string;
  defined_by: string;
  versions: number[];
  definition?: WorkflowDefinition;
  duplicate: boolean;
}

export interface WorkflowError {
  code: string;
  message: string;
  step?: string;
}

export interface WorkflowRunView {
  id: string;
  workflow: string;
  version: number;
  swarm: string;
  state: 'queued' | 'running' | 'stopping' | 'compensating' | 'cancelling' | 'completed' | 'failed' | 'cancelled';
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
  waiting_for?: string;
  error?: WorkflowError;
  cancel_reason?: string;
  /** What the tasks of the run, and of the runs that its steps started, reported. */
  usage?: UsageTotals;
  retries: number;
  compensated: boolean;
  parent_run?: string;
  parent_step?: string;
  output?: unknown;
  output_refs?: InputRef[];
  duplicate: boolean;
}

export interface WorkflowStepView {
  step: string;
  state: 'waiting' | 'evaluating' | 'running' | 'completed' | 'failed' | 'skipped' | 'cancelled' | 'not_run';
  kind: string;
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
  waiting_for?: string;
  error?: WorkflowError;
  compensation_task?: string;
  compensation?: 'waiting' | 'evaluating' | 'running' | 'completed' | 'failed' | 'skipped' | 'cancelled' | 'not_run';
}

export interface WorkflowPage {
  workflows: WorkflowView[];
  cursor?: string;
}

export interface WorkflowRunPage {
  runs: WorkflowRunView[];
  cursor?: string;
}

/** The steps of a run in the order of the definition. */
export interface WorkflowStepPage {
  steps: WorkflowStepView[];
  cursor?: string;
}

/** A workflow: steps with dependencies. A run keeps the version with which it started. */
export interface WorkflowDefinition {
  id: string;
  description?: string;
  swarm?: string;
  on_failure?: 'stop' | 'continue' | 'compensate';
  on_conflict?: 'reject' | 'enqueue' | 'replace';
  timeout_ms?: number;
  /** The limit of what a run may use: its steps and the runs that they start, together. */
  budget?: RunBudget;
  output?: unknown;
  steps: WorkflowStep[];
}

/** A step. It has exactly one of `task`, `workflow`, `timer` and `signal`. */
export interface WorkflowStep {
  id: string;
  task?: TaskSpec;
  workflow?: WorkflowCall;
  timer?: WorkflowTimer;
  signal?: WorkflowSignal;
  depends_on?: string[];
  join?: 'all' | 'any' | 'n_of_m' | 'all_done';
  at_least?: number;
  when?: string;
  map?: WorkflowMap;
  on_failure?: 'stop' | 'continue' | 'compensate';
  weight?: number;
  compensate?: TaskSpec;
}

export interface WorkflowMap {
  over: string;
  join?: 'all' | 'any' | 'n_of_m' | 'all_done';
  at_least?: number;
}

export interface WorkflowCall {
  id: string;
  version?: number;
  input?: unknown;
}

export interface WorkflowTimer {
  delay_ms: number;
}

export interface WorkflowSignal {
  name: string;
  timeout_ms?: number;
}

/** The times at which the hub creates a task, and the task. Exactly one of cron, every_ms and run_at is given. */
export interface ScheduleSpec {
  cron?: string;
  time_zone?: string;
  every_ms?: number;
  run_at?: string;
  task: TaskSpec;
  overlap?: 'skip' | 'queue' | 'replace' | 'allow';
  catch_up_ms?: number;
  jitter_ms?: number;
}

/** A schedule and its runs. Counts begin with the schedule and are kept when it is set again. */
export interface ScheduleView {
  id: string;
  swarm: string;
  state: 'active' | 'paused' | 'ended';
  spec: ScheduleSpec;
  next_due_at?: string;
  next_run_at?: string;
  last_run_at?: string;
  last_task?: string;
  running: string[];
  queued: number;
  runs: number;
  skipped: number;
  too_late: number;
  last_problem?: string;
  created_at: string;
  set_by: string;
  set_at: string;
}

/** The view of an alert. */
export interface AlertView {
  id: string;
  rule: string;
  resource: string;
  module?: string;
  level: 'info' | 'warning' | 'critical';
  state: 'firing' | 'acknowledged' | 'resolved';
  title: string;
  message: string;
  metric: string;
  unit: string;
  value?: number;
  threshold: number;
  resolve_at: number;
  trend?: 'rising' | 'falling' | 'steady';
  since: string;
  fired_at: string;
  acknowledged_at?: string;
  acknowledged_by?: string;
  resolved_at?: string;
  reason?: string;
}

/** What a swarm did: counts since its creation, and the figures of the last minutes. A figure that was not measured is absent. */
export interface SwarmMetrics {
  agents: Record<string, number>;
  failed_agents: number;
  totals: { completed: number; failed: number; cancelled: number; expired: number; rejected: number; average_ms?: number };
  window: {
    window_ms: number;
    completed: number;
    failed: number;
    completed_per_minute?: number;
    average_ms?: number;
    busy_slot_ms: number;
    available_slot_ms: number;
    utilization?: number;
    assigned: number;
    queue_wait?: { mean_ms: number; p50_ms: number; p90_ms: number; max_ms: number };
  };
}
