import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support.mjs';

const { presenceOf } = await source('src/lib/agents.ts');
const failure = { reason: 'lease_lost', at: '2026-01-01T12:00:02Z' };

test('An agent whose worker failed is lost until it is heard again or the hub calls it offline', () => {
  assert.equal(presenceOf({ status: 'online' }), 'online');
  assert.equal(presenceOf({ status: 'online', failure, last_seen_at: '2026-01-01T12:00:00.5Z' }), 'lost');
  assert.equal(presenceOf({ status: 'online', failure }), 'lost');
  assert.equal(presenceOf({ status: 'online', failure, last_seen_at: '2026-01-01T12:00:03Z' }), 'online');
  assert.equal(presenceOf({ status: 'offline', failure, last_seen_at: '2026-01-01T12:00:00Z' }), 'offline');
  assert.equal(presenceOf({ status: 'draining', failure }), 'draining');
});
