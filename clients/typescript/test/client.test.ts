import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, defineTask, WaggleError, type ConnectionState } from '@waggle/client';
import { startWorker } from '@waggle/client/worker';
import { TestHub, until } from './hub.js';

let hub: TestHub;
before(async () => (hub = await TestHub.start()));
after(() => hub.dispose());

const double = defineTask<{ n: number }, { twice: number }>('double');

test('A client awaits the typed result of a task that a worker completes', async () => {
  const client = await connect(hub.url);
  const worker = await startWorker(hub.url, { id: 'doubler' }, (w) => w.handle(double, (task) => ({ twice: 2 * task.input.n })));
  const task = await client.tasks.create(double, { n: 21 });
  const result: { twice: number } = await client.tasks.result(task);
  assert.deepEqual(result, { twice: 42 });
  await worker.close();
  await client.close();
});

test('A hub that is not there is UNREACHABLE within the timeout', async () => {
  await assert.rejects(connect('http://127.0.0.1:9', { connectTimeout: 300, backoffBase: 20 }), (e: WaggleError) => e.code === 'UNREACHABLE');
});

test("The hub's error has its code", async () => {
  const client = await connect(hub.url);
  await assert.rejects(client.tasks.show('t999999'), (e: WaggleError) => e.code === 'NOT_FOUND');
  await assert.rejects(client.request({ type: 'task.create', tasks: [{ title: '' }] }), (e: WaggleError) => e.code === 'INVALID_REQUEST');
  await client.close();
});

test('An observer starts at a position without a hole, and ends with its loop', async () => {
  const client = await connect(hub.url);
  const { position } = await client.tasks.list();
  const created = await client.tasks.create({ title: 'Seen', type: 'nobody' });
  const seen: string[] = [];
  for await (const event of await client.observe('task.#', { since: position })) {
    if (event.type === 'recovered') assert.equal(event.recovered, true);
    if (event.type !== 'record') continue;
    seen.push(event.record.data.task);
    if (event.record.data.task === created.id) break;
  }
  assert.ok(seen.includes(created.id));
  await client.close();
});

test('An observer from a position of another log is told that records are missing', async () => {
  const client = await connect(hub.url);
  const observer = await client.observe('task.#', { since: '99:7' });
  const first = (await observer[Symbol.asyncIterator]().next()).value;
  assert.equal(first.type, 'recovered');
  assert.equal(first.recovered, false);
  await observer.close();
  await client.close();
});

test('A reader that is behind loses no durable record, and is told of the others', async () => {
  const client = await connect(hub.url);
  const observer = await client.observe(['swarm.#', 'app.flood.#'], { capacity: 50 });
  for (let i = 0; i < 200; i++) void client.publish(`app.flood.${i % 3}`, i).catch(() => {});
  const names = Array.from({ length: 20 }, (_, i) => `flood-${i}`);
  await Promise.all(names.map((swarm) => client.request({ type: 'swarm.create', swarm, name: swarm })));
  const seen: string[] = [];
  let gaps = 0;
  for await (const event of observer) {
    if (event.type === 'gap') gaps++;
    if (event.type === 'record' && event.record.kind === 'swarm_created') seen.push(event.record.data.swarm_id);
    if (seen.length === names.length) break;
  }
  assert.deepEqual(seen.sort(), names.sort());
  assert.ok(gaps > 0, 'the reader was told that it missed records');
  await client.close();
});

test('A close resolves, and later requests fail with CLOSED', async () => {
  const client = await connect(hub.url);
  await client.close({ timeout: 500 });
  await assert.rejects(client.tasks.list(), (e: WaggleError) => e.code === 'CLOSED');
});

test('A wait ends with its signal', async () => {
  const client = await connect(hub.url);
  const task = await client.tasks.create({ title: 'Never', type: 'nobody' });
  await assert.rejects(client.tasks.wait(task.id, { signal: AbortSignal.timeout(100) }), (e: Error) => e.name === 'TimeoutError');
  await client.close();
});

test('After a stop the client comes back at the time that the hub named, and repeats what may be repeated', async () => {
  const other = await TestHub.start();
  try {
    const states: ConnectionState[] = [];
    const client = await connect(other.url, { backoffBase: 1, random: () => 0, onState: (s) => states.push(s) });
    await other.stop();
    await until(() => states.some((s) => s.state === 'waiting'), 'the client waits');
    const named = states.find((s) => s.state === 'waiting')!;
    assert.ok(named.state === 'waiting' && named.retryInMs >= 500, 'the dice said 0, the hub said later');
    const listed = client.tasks.list();
    await other.restart();
    assert.deepEqual((await listed).tasks, []);
    await client.close();
  } finally {
    await other.dispose();
  }
});

test('An observer catches up after the hub was killed', async () => {
  const other = await TestHub.start();
  try {
    const client = await connect(other.url, { backoffBase: 50, backoffCap: 200 });
    const observer = await client.observe('task.*.created');
    const seen: string[] = [];
    const recovered: boolean[] = [];
    const reading = (async () => {
      for await (const event of observer) {
        if (event.type === 'recovered') recovered.push(event.recovered);
        if (event.type === 'record') seen.push(event.record.data.task);
        if (seen.length === 2) break;
      }
    })();
    const first = await client.tasks.create({ title: 'Before' });
    await until(() => seen.length === 1, 'the first record');
    await other.kill();
    await other.restart();
    const second = await client.tasks.create({ title: 'After' });
    await reading;
    assert.deepEqual(seen, [first.id, second.id]);
    assert.deepEqual(recovered, [true]);
    await client.close();
  } finally {
    await other.dispose();
  }
});
