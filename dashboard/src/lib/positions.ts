import type { Position } from '@waggle/client';

/** The place in the hive's log, which only grows, over restarts of the hub, too. */
export function offsetOf(position: Position): number {
  return Number(position.slice(position.indexOf(':') + 1));
}
