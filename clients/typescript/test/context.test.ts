import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskContext } from '#parts/context';

const Assigned: any = { type: 'assign', task: 't1', attempt: 1, token: 7, lease_ms: 30_000, swarm: 'default', spec: { title: 'A' } };

function logged(lines: string[]): { messages: any[]; bytes: number[] } {
  const messages: any[] = [];
  const task = new TaskContext(Assigned, undefined, (m) => messages.push(m), () => Promise.reject(new Error('The test has no hub.')));
  task.log(...lines);
  task.flush();
  return { messages, bytes: messages.map((m) => Buffer.byteLength(JSON.stringify(m.lines))) };
}

for (const [kind, character] of [['plain', 'x'], ['wide', '\u20ac'], ['escaped', '\u0001']] as const) {
  test(`Long ${kind} lines become messages of at most 256 KiB, in order and complete`, () => {
    const lines = Array.from({ length: 200 }, (_, i) => String(i) + character.repeat(9_900));
    const { messages, bytes } = logged(lines);
    assert.deepEqual(messages.flatMap((m) => m.lines), lines);
    assert.ok(messages.every((m) => m.type === 'task.log' && m.token === 7));
    assert.ok(Math.max(...bytes) <= 256 * 1024 + 1, `The longest has ${Math.max(...bytes)} bytes`);
    assert.ok(messages.length <= Math.ceil(bytes.reduce((a, b) => a + b) / (128 * 1024)), `${messages.length} messages`);
  });
}

test('Short lines become messages of at most 1,000 lines', () => {
  assert.deepEqual(logged(Array.from({ length: 2_001 }, () => 'line')).messages.map((m) => m.lines.length), [1000, 1000, 1]);
});

test('A message has lines of one level, in order', () => {
  const messages: any[] = [];
  const task = new TaskContext(Assigned, undefined, (m) => messages.push(m), () => Promise.reject(new Error('The test has no hub.')));
  task.log('one', 'two');
  task.logAt('warn', 'three');
  task.logAt('warn', 'four');
  task.log('five');
  task.flush();
  assert.deepEqual(messages.map((m) => [m.level, m.lines]), [[undefined, ['one', 'two']], ['warn', ['three', 'four']], [undefined, ['five']]]);
});
