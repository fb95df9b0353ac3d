import type { BulkSpec, BulkView, TaskQuery as HubQuery } from '@waggle/client';
import { count, plural } from './format';
import { hub } from './hub.svelte';
import { textOf, type TaskQuery } from './query';
import { confirm } from '../parts/Confirm.svelte';

/** The filter as the hub takes it. */
export function filterOf(query: TaskQuery): HubQuery {
  const { states, swarm, agent, parent, type, error } = query;
  return { states: states.length > 0 ? states : undefined, swarm, agent, parent, type, error, text: textOf(query) };
}

/** Asks for a confirmation with the number of tasks that match, and changes them all in the hub. */
export async function confirmBulk(name: string, spec: BulkSpec, which: string): Promise<void> {
  const matched = await hub.client.bulks.count(spec);
  confirm({
    title: `${name} ${plural(matched, 'task')}?`, text: `These are the ${plural(matched, 'task')} ${which} to which it applies.`, act: name.startsWith('Set') ? 'Set the priority' : `${name} ${count(matched)}`,
    run: async () => {
      const { failed, failures = [], changed } = await ended(await hub.client.bulks.start(spec));
      if (failed > 0) throw new Error(`${plural(failed, 'task')} of ${changed + failed} could not be changed. ${failures.map((f) => `${count(f.count)} × ${f.code}: ${f.message}`).join(' ')}`);
    },
  });
}

async function ended(bulk: BulkView): Promise<BulkView> {
  while (bulk.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 300));
    bulk = await hub.client.bulks.show(bulk.id);
  }
  return bulk;
}
