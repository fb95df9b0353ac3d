import { WaggleError } from '@waggle/client';
import { hub } from './hub.svelte';

/** Sends one command for each task, some at a time, and says for how many the hub refused it. */
export async function forEach(ids: string[], command: (id: string) => Promise<unknown>): Promise<void> {
  const refused: string[] = [];
  for (let i = 0; i < ids.length; i += 50) {
    await Promise.all(ids.slice(i, i + 50).map(async (id) => {
      try {
        await command(id);
      } catch (error) {
        if (!(error instanceof WaggleError)) throw error;
        refused.push(`${id}: ${error.message}`);
      }
    }));
  }
  if (refused.length > 0) throw new Error(`The hub refused ${refused.length} of ${ids.length}. ${refused.slice(0, 3).join(' ')}`);
}

export const cancel = (id: string) => hub.client.tasks.cancel(id, { reason: 'cancelled in the dashboard' });
export const retry = (id: string) => hub.client.tasks.retry(id);
