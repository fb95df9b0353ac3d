import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pause, pauseOf } from '#parts/pauses';

test('A pause is random below a limit that doubles to the cap, and never shorter than the time of the hub', () => {
  const options = { backoffBase: 100, backoffCap: 1_000, random: () => 0.5 };
  assert.deepEqual([0, 1, 2, 3, 4, 60].map((n) => pauseOf(options, n)), [50, 100, 200, 400, 500, 500]);
  assert.equal(pauseOf(options, 0, 700), 700);
  assert.equal(pauseOf(options, 60, 0, 30), 30);
  assert.equal(pauseOf(options, 60, 700, 30), 700);
});

test('A wait ends at its time, and not before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const seen: string[] = [];
  const waited = new Pause().wait(500, 0).then(() => seen.push('over'));
  t.mock.timers.tick(499);
  await Promise.resolve();
  assert.deepEqual(seen, []);
  t.mock.timers.tick(1);
  await waited;
});

test('The event online ends the random part of a wait, not that of the hub', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const target = new EventTarget();
  const global = globalThis as any;
  [global.addEventListener, global.removeEventListener] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)];
  try {
    const seen: string[] = [];
    const waited = new Pause().wait(30_000, 2_000).then(() => seen.push('over'));
    t.mock.timers.tick(500);
    target.dispatchEvent(new Event('online'));
    t.mock.timers.tick(1_499);
    await Promise.resolve();
    assert.deepEqual(seen, []);
    t.mock.timers.tick(1);
    await waited;
  } finally {
    delete global.addEventListener;
    delete global.removeEventListener;
  }
});

test('A held pause ends with its release alone, however long it lasts', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const pause = new Pause();
  const seen: string[] = [];
  pause.hold();
  const waited = pause.wait(500, 0).then(() => seen.push('over'));
  t.mock.timers.tick(60_000);
  await Promise.resolve();
  assert.deepEqual(seen, []);
  pause.release();
  await waited;
});

test('To wake a pause ends it at once, and to wake none does nothing', async () => {
  const pause = new Pause();
  pause.wake();
  const waited = pause.wait(1_000_000, 1_000_000);
  pause.wake();
  await waited;
});
