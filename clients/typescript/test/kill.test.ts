import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { connect, isTerminal, type TaskState, type WaggleClient } from '@waggle/client';
import { TestHub, until } from './hub.js';

// A worker in a process of its own. The tasks take different short times, so that at any moment some are about to end.
const Program = `
  import { startWorker } from '@waggle/client/worker';
  const [url, id] = process.argv.slice(1);
  await startWorker(url, { id, slots: 16 }, (w) => w.otherwise(async (task) => {
    task.progress(0.5);
    await new Promise((done) => setTimeout(done, (task.input.n * 37) % 60));
    return { by: id, n: task.input.n };
  }));
  console.log('ready');`;

let hub: TestHub;
let client: WaggleClient;
const workers = new Set<ChildProcess>();
before(async () => {
  hub = await TestHub.start();
  client = await connect(hub.url);
});
after(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await client.close();
  await hub.dispose();
});

async function start(id: string): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ['--input-type=module', '-e', Program, hub.url, id], { stdio: ['ignore', 'pipe', 'inherit'] });
  workers.add(worker);
  for await (const line of createInterface({ input: worker.stdout! })) if (line === 'ready') break;
  return worker;
}

async function kill(worker: ChildProcess): Promise<void> {
  workers.delete(worker);
  const exit = once(worker, 'exit');
  worker.kill('SIGKILL');
  await exit;
}

test('Workers are killed under load, one after the other: no task is lost, and none ends twice', async () => {
  const Count = 1_500;
  const ends = new Map<string, TaskState[]>();
  const observer = await client.observe('task.#');
  const following = (async () => {
    for await (const event of observer) {
      if (event.type !== 'record' || event.record.class !== 'durable') continue;
      const { task, state, old_state } = event.record.data;
      if (isTerminal(state) && state !== old_state) ends.set(task, [...(ends.get(task) ?? []), state]);
    }
  })();
  const created: { id: string }[] = [];
  for (let n = 0; n < Count; n += 500) {
    created.push(...(await client.tasks.createMany(Array.from({ length: 500 }, (_, i) => ({ title: `Task ${n + i}`, input: { n: n + i }, lease_ms: 2_000, max_attempts: 20, poison_losses: 20 })))));
  }
  let victim = await start('w0');
  await start('steady');
  for (let n = 1; n <= 4; n++) {
    const reached = Math.min(Count, ends.size + Count / 8);
    await until(() => ends.size >= reached, `${reached} tasks have ended`, 60_000);
    await kill(victim);
    victim = await start(`w${n}`);
  }
  await until(() => ends.size === Count, 'all tasks have ended', 100_000);
  let lost = 0;
  for (const [n, { id }] of created.entries()) {
    assert.deepEqual(ends.get(id), ['completed'], id);
    const view = await client.tasks.show(id);
    assert.equal(view.state, 'completed');
    assert.equal((view.result as { n: number }).n, n);
    lost += view.losses;
  }
  assert.ok(lost > 0, 'a process was killed while it held tasks');
  await observer.close();
  await following;
});
