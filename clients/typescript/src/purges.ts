import type { Connection } from './connection.js';
import type { PurgeCounts, PurgeSpec, PurgeView } from './protocol.js';

/** Erases the payload of a task that has ended, or all that a subject brought. It needs `admin:system`. */
export class Purges {
  /** @internal */
  constructor(private readonly connection: Connection) {}

  /** What a purge would begin with. Nothing changes. */
  async count(purge: PurgeSpec): Promise<PurgeCounts> {
    return (await this.connection.ask<{ counts: PurgeCounts }>({ type: 'purge.count', purge })).counts;
  }

  /** Begins a purge, or returns the same one that has not ended. */
  async start(purge: PurgeSpec): Promise<PurgeView> {
    return this.connection.ask<PurgeView>({ type: 'purge.start', purge });
  }

  async show(purge: string): Promise<PurgeView> {
    return this.connection.ask<PurgeView>({ type: 'purge.show', purge });
  }

  /** One page of purges, newest first. */
  async list(filter: { cursor?: string; limit?: number } = {}): Promise<{ purges: PurgeView[]; cursor?: string }> {
    return this.connection.ask<{ purges: PurgeView[]; cursor?: string }>({ type: 'purge.list', ...filter });
  }
}
