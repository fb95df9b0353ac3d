import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support.mjs';

const { Backlog } = await source('src/lib/backlog.ts');
const row = (n, size = 1) => ({ n, size });

test('A backlog keeps the newest rows in their order, and counts the others', () => {
  const backlog = new Backlog(5, 1000);
  for (let n = 0; n < 23; n++) {
    backlog.add(row(n));
    assert.deepEqual(backlog.rows.map((r) => r.n), Array.from({ length: Math.min(5, n + 1) }, (_, i) => Math.max(0, n - 4) + i));
    assert.equal(backlog.dropped + backlog.length, n + 1);
  }
});

test('Long rows leave sooner than short ones: their text together is limited', () => {
  const backlog = new Backlog(100, 50);
  for (let n = 0; n < 10; n++) backlog.add(row(n, 20));
  assert.deepEqual(backlog.rows.map((r) => r.n), [8, 9]);
  backlog.add(row('long', 49));
  assert.deepEqual(backlog.rows.map((r) => r.n), ['long']);
  backlog.add(row('longer', 500));
  assert.deepEqual(backlog.rows.map((r) => r.n), ['longer']);
  backlog.add(row('short'));
  assert.deepEqual(backlog.rows.map((r) => r.n), ['short']);
});

test('A list that was given out does not change', () => {
  const backlog = new Backlog(2, 10);
  backlog.add(row(1));
  const { rows } = backlog;
  backlog.add(row(2));
  backlog.add(row(3));
  assert.deepEqual(rows.map((r) => r.n), [1]);
});
