import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { after, before, test } from 'node:test';
import { connect, defineTask, type StandardSchema, type WaggleError } from '@waggle/client';
import { startWorker } from '@waggle/client/worker';
import { ScriptedHub } from '@waggle/client/testing';
import { TestHub, until } from './hub.js';

let hub: TestHub;
before(async () => (hub = await TestHub.start()));
after(() => hub.dispose());

const long = defineTask<null, string>('long');
const text = 'x'.repeat(2_000_000);

test('A result of 2 MB is read over HTTP', async () => {
  const client = await connect(hub.url);
  const worker = await startWorker(hub.url, { id: 'writer' }, (w) => w.handle(long, () => text));
  const result = await client.tasks.result(await client.tasks.create(long, null));
  assert.ok(result === text, `${typeof result} of ${result?.length} characters`);
  await worker.close();
  await client.close();
});

test('A result of 2 MB that is ready while the hub is away is uploaded when it is back', async () => {
  const client = await connect(hub.url, { backoffBase: 50, backoffCap: 200 });
  let finish = (_: string) => {};
  const worker = await startWorker(hub.url, { id: 'patient', backoffBase: 50, backoffCap: 200 }, (w) => w.handle(long, () => new Promise<string>((resolve) => (finish = resolve))));
  const task = await client.tasks.create(long, null);
  await until(async () => (await client.tasks.show(task.id)).state === 'running', 'the task runs');
  await hub.kill();
  finish(text);
  await hub.restart();
  const view = await client.tasks.wait(task.id);
  assert.deepEqual([view.state, view.result_ref?.bytes, view.attempts!.map((a) => a.outcome)], ['completed', 2_000_002, ['completed']]);
  await worker.close();
  await client.close();
});

test('An upload that is answered with 429 or 503 is repeated, with the token', async () => {
  const answers = [429, 503];
  const tokens: unknown[] = [];
  await behindProxy(hub.url, (method, token) => (method === 'PUT' ? (tokens.push(token), answers.shift()) : undefined), async (url) => {
    const client = await connect(hub.url);
    const worker = await startWorker(url, { id: 'refused', token: 'mine', backoffBase: 1 }, (w) => w.handle(long, () => text));
    const view = await client.tasks.wait((await client.tasks.create(long, null)).id);
    assert.deepEqual([view.state, view.attempt], ['completed', 1]);
    assert.deepEqual(tokens, ['Bearer mine', 'Bearer mine', 'Bearer mine']);
    await worker.close();
    await client.close();
  });
});

test('An upload ends when the lease is not in force any more', async () => {
  let uploads = 0;
  const ended: unknown[] = [];
  await behindProxy(hub.url, (method) => (method === 'PUT' ? (uploads++, 503) : undefined), async (url) => {
    const client = await connect(hub.url);
    const worker = await startWorker(url, { id: 'stopped', backoffBase: 1, backoffCap: 50 }, (w) => w.handle(long, () => text));
    const task = await client.tasks.create(long, null);
    await until(() => uploads > 0, 'the upload is tried');
    await client.tasks.cancel(task.id, { force: true });
    await until(() => worker.holding === 0, 'the worker dropped the task');
    await worker.close();
    const before = uploads;
    ended.push((await client.tasks.show(task.id)).state);
    await client.close();
    assert.deepEqual([ended, uploads], [['cancelled'], before]);
  });
});

test('A result that the hub has lost, or that is not JSON, is an error', async () => {
  const read = async (view: object) => {
    const frame = (from: 'client' | 'hub', frame: object) => ({ from, name: '', invalid: false, frame });
    const scripted = new ScriptedHub([
      frame('client', { type: 'hello' }), frame('hub', { type: 'welcome', position: '1:1', heartbeat_ms: 10_000, max_message_bytes: 1_048_576 }),
      frame('client', { type: 'subscribe', id: 's' }), frame('hub', { type: 'reply', id: 's', result: { subscription: 's1' } }),
      frame('client', { type: 'task.show', id: 't' }), frame('hub', { type: 'reply', id: 't', result: { id: 't1', state: 'completed', ...view } }),
    ]);
    const client = await connect('http://scripted', { webSocket: scripted.webSocket });
    try {
      return await client.tasks.result({ id: 't1', state: 'pending', duplicate: false, matching_agents: 1 });
    } finally {
      await client.close({ timeout: 10 });
    }
  };
  const ref = { blob: 'b1', bytes: 2_000_000, sha256: '00' };
  await assert.rejects(read({ result_ref: ref, result_missing: true }), (e: WaggleError) => e.code === 'BLOB_MISSING');
  await assert.rejects(read({ result_ref: { ...ref, content_type: 'image/png' } }), (e: WaggleError) => e.code === 'RESULT_NOT_JSON' && e.message.includes('http://scripted/api/v1/tasks/t1/result'));
});

test('A schema that makes dates of texts is applied once on each way: the worker reads a date, and so does the client', async () => {
  const date: StandardSchema<Date> = {
    '~standard': { validate: (value) => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? { value: new Date(value) } : { issues: [{ message: 'not the text of a date' }] }) },
  };
  const next = defineTask<Date, Date>('next-day', { input: date, output: date });
  const client = await connect(hub.url);
  const worker = await startWorker(hub.url, { id: 'calendar' }, (w) => w.handle(next, (task) => new Date(task.input.getTime() + 86_400_000)));
  const result = await client.tasks.result(await client.tasks.create(next, new Date('2026-02-28T12:00:00Z')));
  assert.deepEqual(result, new Date('2026-03-01T12:00:00Z'));
  const wrong = defineTask<Date, any>('no-day', { output: date });
  const other = await startWorker(hub.url, { id: 'careless' }, (w) => w.handle(wrong, () => 'someday'));
  const view = await client.tasks.wait((await client.tasks.create(wrong, new Date())).id);
  assert.deepEqual([view.state, view.error?.code], ['failed', 'INVALID_INPUT']);
  await worker.close();
  await other.close();
  await client.close();
});

// A proxy before the hub: it answers what `refuse` returns a status for, and passes on everything else.
async function behindProxy(target: string, refuse: (method: string, token: unknown) => number | undefined, run: (url: string) => Promise<void>): Promise<void> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const status = refuse(incoming.method!, incoming.headers.authorization);
    if (status !== undefined) {
      incoming.resume().on('end', () => outgoing.writeHead(status, { 'Retry-After': '0' }).end('later'));
      return;
    }
    const passed = request({ host: hostname, port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host: `${hostname}:${port}` } }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  server.on('upgrade', (incoming, socket) => {
    const upstream = connectTcp(Number(port), hostname, () => {
      const headers = Object.entries({ ...incoming.headers, host: `${hostname}:${port}` }).map(([name, value]) => `${name}: ${value}\r\n`);
      upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
