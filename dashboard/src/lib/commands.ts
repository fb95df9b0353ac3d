import type { TaskSpec } from '@waggle/client';
import { hub } from './hub.svelte';
import { quote } from './query';

/** A request to the hub for a terminal: a read, or with a body the creation of something. The token stays out of it. */
export function curl(path: string, body?: unknown): string {
  const url = new URL(`../api/v1/${path}`, location.href.split('#')[0]);
  return `curl ${hub.signedIn ? '-H "Authorization: Bearer $WAGGLE_TOKEN" ' : ''}${quote(url.href)}${body === undefined ? '' : ` -d ${quote(JSON.stringify(body))}`}`;
}

// The fields that are options of `waggle task create` with one value.
const Single = [
  'type', 'swarm', 'priority', 'join', 'assign_to', 'parent', 'lease_ms', 'max_attempts', 'poison_losses', 'backoff_base_ms', 'backoff_cap_ms', 'schedule_to_start_ms', 'start_to_close_ms',
  'schedule_to_close_ms', 'cancel_grace_ms',
] as const;

/** The creation of a task for a terminal; null if the spec has what the command has no option for. */
export function createCommand(spec: TaskSpec): string | null {
  const { title, input, requires = {}, depends_on = [], metadata = {}, concurrency, fairness, ...rest } = spec;
  const known = new Set<string>(Single);
  if (Object.entries(rest).some(([name, value]) => value !== undefined && !known.has(name))) return null;
  const parts = ['waggle task create', quote(title)];
  const add = (name: string, value: unknown) => parts.push(`--${name.replaceAll('_', '-')} ${quote(String(value))}`);
  for (const name of Single) if (spec[name] !== undefined) add(name, spec[name]);
  for (const [name, least] of Object.entries(requires)) add('requires', least > 0 ? `${name}:${least}` : name);
  for (const id of depends_on) add('depends_on', id);
  for (const [key, value] of Object.entries(metadata)) add('metadata', `${key}=${value}`);
  if (concurrency) add('concurrency', `${concurrency.key}:${concurrency.limit}`);
  if (fairness) add('fairness', fairness.weight === undefined ? fairness.key : `${fairness.key}:${fairness.weight}`);
  if (input !== undefined) add('input', JSON.stringify(input));
  return parts.join(' ');
}
