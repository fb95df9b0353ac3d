import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outgoing } from '#parts/outgoing';

test('The messages of one turn share a frame, and one alone is no array', async () => {
  const frames: string[] = [];
  const outgoing = new Outgoing(() => 1_000, (frame) => (frames.push(frame), true));
  outgoing.push('{"n":1}');
  outgoing.push('{"n":2}');
  assert.deepEqual(frames, []);
  await Promise.resolve();
  assert.deepEqual(frames, ['[{"n":1},{"n":2}]']);
  outgoing.push('{"n":3}');
  await Promise.resolve();
  assert.deepEqual(frames.slice(1), ['{"n":3}']);
});

test('No frame has more bytes than the hub takes, nor more than 1,000 messages', () => {
  const frames: string[] = [];
  const outgoing = new Outgoing(() => 2_000, (frame) => (frames.push(frame), true));
  const texts = Array.from({ length: 300 }, (_, n) => JSON.stringify({ text: 'ü'.repeat(n) }));
  for (const text of texts) outgoing.push(text);
  outgoing.flush();
  assert.ok(frames.length > 10);
  for (const frame of frames) assert.ok(Buffer.byteLength(frame) <= 2_000);
  assert.deepEqual(frames.flatMap((f) => JSON.parse(f)), texts.map((t) => JSON.parse(t)));

  const many: string[] = [];
  const wide = new Outgoing(() => 1_048_576, (frame) => (many.push(frame), true));
  for (let n = 0; n < 2_500; n++) wide.push('1');
  wide.flush();
  assert.deepEqual(many.map((f) => JSON.parse(f).length), [1_000, 1_000, 500]);
});

test('Without a socket nothing is sent, and nothing is kept for the next one', () => {
  let open = false;
  const frames: string[] = [];
  const outgoing = new Outgoing(() => 1_000, (frame) => (open && frames.push(frame), open));
  outgoing.push('1');
  outgoing.flush();
  open = true;
  outgoing.push('2');
  outgoing.flush();
  assert.deepEqual(frames, ['2']);
});
