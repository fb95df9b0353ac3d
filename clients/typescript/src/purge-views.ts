/** Purges: the erasure of payloads (spec/waggle.v1.md). */

/** What a purge erases: a task that has ended, or all that a subject brought. Exactly one of the two is there. */
export interface PurgeSpec {
  task?: string;
  subject?: string;
}

/** What a purge would begin with, or has erased so far. */
export interface PurgeCounts {
  tasks: number;
  /** Tasks that have not ended, which a purge leaves as they are. */
  open_tasks: number;
  memory_entries: number;
  messages: number;
}

export interface PurgeView {
  id: string;
  spec: PurgeSpec;
  state: 'running' | 'done';
  step?: 'tasks' | 'memory' | 'messages' | 'blobs' | 'log' | 'files';
  counts: PurgeCounts;
  /** The first of the tasks that it left because they have not ended. */
  open_tasks?: string[];
  /** The results that it deleted. */
  blobs: number;
  /** The records of the log that lost their payload. */
  records: number;
  log_offset?: number;
  log_end?: number;
  started_by: string;
  started_at: string;
  ended_at?: string;
}
