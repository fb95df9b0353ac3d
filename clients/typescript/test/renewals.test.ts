import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Renewals } from '#parts/renewals';

test('Leases are renewed in the beat, again and again, until the end', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let renewed = 0;
  const renewals = new Renewals(() => 1_000, async () => void renewed++);
  renewals.schedule();
  t.mock.timers.tick(999);
  assert.equal(renewed, 0);
  for (let n = 0; n < 5; n++) t.mock.timers.tick(1_000);
  assert.equal(renewed, 5);
  renewals.stop();
  t.mock.timers.tick(10_000);
  assert.equal(renewed, 5);
});

test('A shorter lease brings the next renewal forward, and a stream of new ones never defers it', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let beat = 10_000;
  let renewed = 0;
  const renewals = new Renewals(() => beat, async () => void renewed++);
  renewals.schedule();
  beat = 300;
  renewals.schedule();
  t.mock.timers.tick(200);
  renewals.schedule();
  t.mock.timers.tick(100);
  assert.equal(renewed, 1);
  renewals.stop();
});
