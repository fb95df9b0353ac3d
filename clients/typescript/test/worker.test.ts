import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { connect, defineTask, type WaggleClient, type WaggleError } from '@waggle/client';
import { startWorker, TaskFailed, TaskRefused } from '@waggle/client/worker';
import { TestHub, until } from './hub.js';

let hub: TestHub;
let client: WaggleClient;
before(async () => {
  hub = await TestHub.start();
  client = await connect(hub.url, { backoffBase: 50, backoffCap: 300 });
});
after(async () => {
  await client.close();
  await hub.dispose();
});

test('Progress, log lines and usage of an attempt reach its observers and its view', async () => {
  const type = defineTask<null, string>('reporting');
  const worker = await startWorker(hub.url, { id: 'reporter' }, (w) => w.handle(type, async (task) => {
    task.progress(0.5, 'half');
    task.log('line 1', 'line 2');
    task.usage = { input_tokens: 3, cost_usd: 0.01 };
    return 'done';
  }));
  const observer = await client.observe('task.#');
  const task = await client.tasks.create(type, null);
  const kinds: string[] = [];
  for await (const event of observer) {
    if (event.type !== 'record') continue;
    kinds.push(event.record.kind);
    if (event.record.kind === 'task_completed') break;
  }
  assert.deepEqual(kinds, ['task_created', 'task_assigned', 'task_started', 'task_log', 'task_progress', 'task_usage', 'task_completed']);
  const [attempt] = (await client.tasks.show(task.id)).attempts!;
  assert.deepEqual(attempt!.log_tail, ['line 1', 'line 2']);
  const first = await client.tasks.logs(task.id, { after: '0', limit: 1 });
  const second = await client.tasks.logs(task.id, { after: first.cursor });
  assert.deepEqual([first, second].map((page) => [page.attempts[0]!.lines.map((l) => l.line), page.more]), [[['line 1'], true], [['line 2'], false]]);
  assert.equal(attempt!.last_progress, 0.5);
  assert.deepEqual(attempt!.usage, { input_tokens: 3, cost_usd: 0.01, cost_basis: 'reported' });
  await worker.close();
});

test('A handler fails, refuses and is cancelled', async () => {
  const type = defineTask<string, null>('moody');
  let cause: unknown;
  const worker = await startWorker(hub.url, { id: 'moody', slots: 3 }, (w) => w.handle(type, async (task) => {
    if (task.input === 'fail') throw new TaskFailed('NO_INK', 'The pen is empty.', { retryable: false });
    if (task.input === 'refuse') throw new TaskRefused('not my kind');
    await new Promise((_, reject) => task.signal.addEventListener('abort', () => reject((cause = task.signal.reason))));
    return null;
  }));
  const failed = await client.tasks.create(type, 'fail');
  await assert.rejects(client.tasks.result(failed), (e: WaggleError) => e.code === 'TASK_NOT_COMPLETED' && e.message.includes('NO_INK'));
  const refused = await client.tasks.create(type, 'refuse');
  await until(async () => (await client.tasks.show(refused.id)).refusals === 1, 'the refusal is counted');
  await client.tasks.cancel(refused.id);
  const waiting = await client.tasks.create(type, 'wait');
  await until(async () => (await client.tasks.show(waiting.id)).state === 'running', 'the task runs');
  await client.tasks.cancel(waiting.id, { reason: 'enough' });
  assert.equal((await client.tasks.wait(waiting.id)).state, 'cancelled');
  assert.equal((cause as WaggleError).code, 'CANCELLED');
  await worker.close();
});

test('A worker renews the lease of a long task while short ones arrive more often than it renews', async () => {
  const long = defineTask<null, string>('long-renewed');
  const short = defineTask<null, null>('short');
  let finish = (_: string) => {};
  const worker = await startWorker(hub.url, { id: 'renewer', slots: 2 }, (w) => w
    .handle(long, () => new Promise<string>((resolve) => (finish = resolve)))
    .handle(short, () => null));
  const task = await client.tasks.create(long, null, { lease_ms: 3_000 });
  await until(async () => (await client.tasks.show(task.id)).state === 'running', 'the task runs');
  for (const started = Date.now(); Date.now() - started < 6_000; ) await client.tasks.result(await client.tasks.create(short, null));
  finish('on the first attempt');
  const view = await client.tasks.wait(task.id);
  assert.deepEqual([view.state, view.result, view.attempts!.map((a) => a.outcome)], ['completed', 'on the first attempt', ['completed']]);
  await worker.close();
});

test('A worker asks: with hold it waits for the answer, without it the next attempt has answer and checkpoint', async () => {
  const type = defineTask<boolean, unknown>('asking');
  const worker = await startWorker(hub.url, { id: 'asker' }, (w) => w.handle(type, async (task) => {
    const answer = await task.ask<string>({ text: 'Release it?', choices: ['yes', 'no'], key: 'release', hold: task.input }, { step: 1 });
    return { answer, checkpoint: task.checkpoint ?? null };
  }));
  for (const hold of [true, false]) {
    const task = await client.tasks.create(type, hold);
    await until(async () => (await client.tasks.show(task.id)).state === 'input_required', 'the task needs an answer');
    const { result } = await client.request<{ questions: { id: string }[] }>({ type: 'question.list', task: task.id });
    await client.request({ type: 'task.answer', question: result.questions[0]!.id, answer: 'yes' });
    const view = await client.tasks.wait(task.id);
    assert.deepEqual([view.result, view.attempt], [{ answer: 'yes', checkpoint: hold ? null : { step: 1 } }, hold ? 1 : 2]);
  }
  await worker.close();
});

test('Questions without a key find their answers: in the next attempt, and again in the same one', async () => {
  const type = defineTask<boolean, unknown>('asking-by-content');
  const worker = await startWorker(hub.url, { id: 'content-asker' }, (w) => w.handle(type, async (task) => {
    const answers: string[] = [];
    for (const text of ['First?', 'Second?', 'First?']) answers.push(await task.ask<string>({ text, choices: ['a', 'b'], hold: task.input }));
    return answers;
  }));
  for (const hold of [true, false]) {
    const task = await client.tasks.create(type, hold);
    for (const [text, answer] of [['First?', 'a'], ['Second?', 'b']]) {
      let question: { id: string; text: string } | undefined;
      await until(async () => {
        const { result } = await client.request<{ questions: { id: string; text: string }[] }>({ type: 'question.list', task: task.id, state: 'open' });
        return (question = result.questions[0])?.text === text;
      }, `the task asks ${text}`);
      await client.request({ type: 'task.answer', question: question!.id, answer });
    }
    const view = await client.tasks.wait(task.id);
    assert.deepEqual([view.result, view.attempt], [['a', 'b', 'a'], hold ? 1 : 3]);
  }
  await worker.close();
});

test('A question that the hub refuses fails its task at once', async () => {
  const type = defineTask<null, null>('asking-wrongly');
  const worker = await startWorker(hub.url, { id: 'wrong-asker' }, (w) => w.handle(type, async (task) => task.ask({ text: 'Which?', choices: ['x'.repeat(1000)] })));
  const view = await client.tasks.wait((await client.tasks.create(type, null)).id);
  assert.deepEqual([view.state, view.error!.code, view.attempt], ['failed', 'QUESTION_REJECTED', 1]);
  await worker.close();
});

test('A result that is longer than a message is uploaded', async () => {
  const type = defineTask<null, string>('long');
  const worker = await startWorker(hub.url, { id: 'writer' }, (w) => w.handle(type, () => 'x'.repeat(2_000_000)));
  const task = await client.tasks.create(type, null);
  const view = await client.tasks.wait(task.id);
  assert.equal(view.state, 'completed');
  assert.equal(view.result_ref!.bytes, 2_000_002);
  await worker.close();
});

test('A schema turns a wrong input into a failure that is not retried', async () => {
  const number = { '~standard': { validate: (value: unknown) => (typeof value === 'number' ? { value } : { issues: [{ message: 'not a number' }] }) } };
  const type = defineTask<number, number>('checked', { input: number });
  const worker = await startWorker(hub.url, { id: 'checker' }, (w) => w.handle(type, (task) => task.input + 1));
  const { id } = await client.tasks.create({ title: 'Wrong', type: 'checked', input: 'seven' });
  const view = await client.tasks.wait(id);
  assert.deepEqual([view.state, view.error!.code], ['failed', 'INVALID_INPUT']);
  await worker.close();
});

test('A closing worker returns what it cannot finish in time', async () => {
  const type = defineTask<null, null>('slow');
  const worker = await startWorker(hub.url, { id: 'leaver' }, (w) => w.handle(type, (task) => new Promise((_, reject) => task.signal.addEventListener('abort', () => reject(task.signal.reason)))));
  const task = await client.tasks.create(type, null);
  await until(async () => (await client.tasks.show(task.id)).state === 'running', 'the task runs');
  await worker.close({ timeout: 100 });
  const view = await client.tasks.show(task.id);
  assert.deepEqual([view.state, view.losses, view.attempts![0]!.outcome], ['pending', 0, 'released']);
  await client.tasks.cancel(task.id);
});

test('A result survives the end of the hub: it is sent until it is acknowledged, and counts once', async () => {
  const type = defineTask<null, string>('kept');
  let finish = (_: string) => {};
  const acks: unknown[] = [];
  const worker = await startWorker(hub.url, { id: 'keeper', backoffBase: 50, backoffCap: 200, onEnded: (_, ack, code) => acks.push(code ?? ack!.state) }, (w) =>
    w.handle(type, () => new Promise<string>((resolve) => (finish = resolve))));
  const task = await client.tasks.create(type, null);
  await until(async () => (await client.tasks.show(task.id)).state === 'running', 'the task runs');
  await hub.kill();
  finish('made while the hub was away');
  await hub.restart();
  const view = await client.tasks.wait(task.id);
  assert.deepEqual([view.state, view.result, view.attempt], ['completed', 'made while the hub was away', 1]);
  await until(() => acks.length === 1, 'the acknowledgement');
  assert.deepEqual(acks, ['completed']);
  await worker.close();
});

test('Another worker takes over the tasks of a process that was killed, and each ends once', async () => {
  const program = `
    import { startWorker } from '@waggle/client/worker';
    await startWorker(process.argv[1], { id: 'victim', slots: 2 }, (w) => w.otherwise(() => new Promise(() => {})));
    console.log('ready');`;
  const victim = spawn(process.execPath, ['--input-type=module', '-e', program, hub.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: victim.stdout })) if (line === 'ready') break;
  const created = await client.tasks.createMany([1, 2].map((n) => ({ title: `Takeover ${n}`, lease_ms: 1500 })));
  await until(async () => (await Promise.all(created.map((t) => client.tasks.show(t.id)))).every((t) => t.state === 'running'), 'the victim works on both');
  victim.kill('SIGKILL');
  const worker = await startWorker(hub.url, { id: 'rescuer', slots: 2 }, (w) => w.otherwise(() => 'taken over'));
  for (const { id } of created) {
    const view = await client.tasks.wait(id);
    assert.deepEqual([view.state, view.result, view.attempts!.map((a) => a.outcome)], ['completed', 'taken over', ['lost', 'completed']]);
  }
  await worker.close();
});
