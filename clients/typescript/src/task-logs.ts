export type TaskLogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Which stored log lines of a task to read. */
export interface TaskLogFilter {
  /** Only of this attempt. */
  attempt?: number;
  /** Only lines of this level and of more important ones. */
  level?: TaskLogLevel;
  /** The cursor of the previous page, or `0` to start with the first line. The last lines if left out. */
  after?: string;
  /** The greatest number of lines, 1 to 1,000. */
  limit?: number;
}

export interface TaskLogLine {
  /** Lines are numbered within the hive. */
  seq: number;
  at: string;
  level?: TaskLogLevel;
  line: string;
}

export interface AttemptLog {
  attempt: number;
  agent: string;
  /** The number of lines that the hub does not have (any more). */
  dropped: number;
  lines: TaskLogLine[];
}

/** Stored log lines of a task. */
export interface TaskLogPage {
  task: string;
  /** The time since which the lines are complete, except those counted as dropped. */
  since: string;
  attempts: AttemptLog[];
  dropped?: { lines: number; bytes: number; policy: 'drop_oldest' };
  /** The number of the last line, for `after`. */
  cursor: string;
  /** Whether there are more lines behind the cursor. */
  more: boolean;
}
