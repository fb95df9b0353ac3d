import type { Connection } from './connection.js';
import type { PurgeCounts, PurgeSpec, PurgeView } from './protocol.js';

/** Erases the payload of a task that has ended, or all that a subject brought. All of it needs `admin:system`. */
export class Purges {
  /** @internal */
  constructor(private readonly connection: Connection) {}

  /** What a purge would begin with. Nothing changes. */
  async count(purge: PurgeSpec): Promise<PurgeCounts> {
    return (await this.connection.request<{ counts: PurgeCounts }>({ type: 'purge.count', purge })).result.counts;
  }

  /** Begins a purge; the hub works on it. A purge of the same that has not ended is returned, so a start over a broken connection takes effect once. */
  async start(purge: PurgeSpec): Promise<PurgeView> {
    return (await this.connection.request<PurgeView>({ type: 'purge.start', purge })).result;
  }

  async show(purge: string): Promise<PurgeView> {
    return (await this.connection.request<PurgeView>({ type: 'purge.show', purge })).result;
  }

  /** One page of purges, newest first. */
  async list(filter: { cursor?: string; limit?: number } = {}): Promise<{ purges: PurgeView[]; cursor?: string }> {
    return (await this.connection.request<{ purges: PurgeView[]; cursor?: string }>({ type: 'purge.list', ...filter })).result;
  }
}
