import type { Connection } from './connection.js';
import type { BulkSpec, BulkView } from './protocol.js';
import { newKey } from './tasks.js';

/** Changes of all tasks that a filter selects. */
export class Bulks {
  /** @internal */
  constructor(private readonly connection: Connection) {}

  /** The number of tasks that a bulk would begin with. Nothing changes. */
  async count(bulk: BulkSpec): Promise<number> {
    return (await this.connection.ask<{ matched: number }>({ type: 'bulk.count', bulk })).matched;
  }

  /** Begins a bulk; the hub works on it in batches. Without an `idempotency_key` the client adds one, so that a start over a broken connection takes effect once. */
  async start(bulk: BulkSpec): Promise<BulkView> {
    const keyed = bulk.idempotency_key ? bulk : { ...bulk, idempotency_key: newKey() };
    return this.connection.ask<BulkView>({ type: 'bulk.start', bulk: keyed });
  }

  async show(bulk: string): Promise<BulkView> {
    return this.connection.ask<BulkView>({ type: 'bulk.show', bulk });
  }

  /** Stops a bulk before its next batch. What it changed stays changed. */
  async stop(bulk: string): Promise<BulkView> {
    return this.connection.ask<BulkView>({ type: 'bulk.stop', bulk });
  }

  /** One page of bulks, newest first. */
  async list(filter: { state?: BulkView['state']; cursor?: string; limit?: number } = {}): Promise<{ bulks: BulkView[]; cursor?: string }> {
    return this.connection.ask<{ bulks: BulkView[]; cursor?: string }>({ type: 'bulk.list', ...filter });
  }
}
