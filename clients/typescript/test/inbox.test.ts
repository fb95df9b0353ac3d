import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inbox } from '#parts/inbox';
import type { AgentMessage } from '@waggle/client';
import { until } from './hub.js';

const message = (id: string) => ({ type: 'message', message: id, content: id }) as unknown as AgentMessage;

function inbox(handle: (m: AgentMessage) => void | Promise<void>) {
  const acknowledged: [string, string | undefined][] = [];
  const reported: unknown[] = [];
  const box = new Inbox({ handle, report: (e) => reported.push(e), acknowledge: async (id, failed) => acknowledged.push([id, failed]) }, 1);
  return { box, acknowledged, reported };
}

test('Messages are handled one after the other, and one that came twice once', async () => {
  const seen: string[] = [];
  let atOnce = 0;
  const { box, acknowledged } = inbox(async (m) => {
    assert.equal(++atOnce, 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    seen.push(m.message);
    atOnce--;
  });
  for (const id of ['a', 'b', 'a', 'c']) box.add(message(id));
  await until(() => acknowledged.length === 3, 'all are acknowledged');
  assert.deepEqual(seen, ['a', 'b', 'c']);
});

test('A handler that throws is tried three times; then the hub hears the name of what it threw, and the next message follows', async () => {
  const seen: string[] = [];
  const { box, acknowledged, reported } = inbox((m) => {
    seen.push(m.message);
    if (m.message === 'bad') throw new TypeError('the secret of the message');
  });
  box.add(message('bad'));
  box.add(message('good'));
  await until(() => acknowledged.length === 2, 'both are acknowledged');
  assert.deepEqual(seen, ['bad', 'bad', 'bad', 'good']);
  assert.deepEqual(acknowledged, [['bad', 'TypeError'], ['good', undefined]]);
  assert.equal(reported.length, 3);
});

test('An inbox that has ended handles and acknowledges nothing more', async () => {
  let release!: () => void;
  const first = new Promise<void>((resolve) => (release = resolve));
  const seen: string[] = [];
  const { box, acknowledged } = inbox(async (m) => {
    seen.push(m.message);
    await first;
  });
  box.add(message('a'));
  box.add(message('b'));
  await until(() => seen.length === 1, 'the first is at work');
  box.end();
  release();
  await until(() => acknowledged.length === 1, 'the first is acknowledged');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(seen, ['a']);
});
