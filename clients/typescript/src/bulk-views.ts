/** Bulks: one change of all tasks that a filter selects (spec/waggle.v1.md). */

import type { TaskState } from './task-views.js';

/** Selects tasks; what is left out does not narrow the selection. */
export interface TaskQuery {
  swarm?: string;
  states?: TaskState[];
  parent?: string;
  /** The agent that holds the tasks, or held them last. */
  agent?: string;
  type?: string;
  /** Words that a task has all of in its title, type, error or metadata; `word*` is the beginning of a word. */
  text?: string;
  /** The fingerprint of the error of tasks that failed, expired or wait for a retry. */
  error?: string;
}

/** The tasks that failed, expired or wait for a retry with one error. */
export interface TaskErrorGroup {
  fingerprint: string;
  code: string;
  /** The message of the last task that had the error. */
  message: string;
  count: number;
  first_at: string;
  last_at: string;
  /** The task that had the error last. */
  task: string;
  types: string[];
}

/** One change of all tasks that a filter selects, among the states in which the action applies. */
export interface BulkSpec {
  action: 'cancel' | 'retry' | 'set_priority';
  filter: TaskQuery;
  /** 1 (first) to 5 (last), with `set_priority`. */
  priority?: number;
  /** The reason of `cancel`. */
  reason?: string;
  /** Whether `cancel` ends running tasks at once. */
  force?: boolean;
  /** A second start of the same user with the same key returns the first bulk. */
  idempotency_key?: string;
}

/** Tasks that a bulk could not change, for one reason; `task` is the first of them. */
export interface BulkFailure {
  code: string;
  message: string;
  task: string;
  count: number;
}

export interface BulkView {
  id: string;
  spec: BulkSpec;
  state: 'running' | 'done' | 'stopped';
  /** The tasks that matched when the bulk began. */
  matched: number;
  changed: number;
  /** The tasks that already were as the bulk would make them. */
  unchanged: number;
  /** The tasks that no longer matched when their turn came. */
  skipped: number;
  failed: number;
  failures?: BulkFailure[];
  started_by: string;
  started_at: string;
  ended_at?: string;
  stopped_by?: string;
}
