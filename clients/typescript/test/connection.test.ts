import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { connect, type ConnectionState, type WaggleError, type WebSocketLike } from '@waggle/client';
import { startWorker } from '@waggle/client/worker';
import { ScriptedHub, type ScenarioFrame } from '@waggle/client/testing';
import { until } from './hub.js';

const welcome = { type: 'welcome', protocol: 'waggle.v1', position: '1:1', heartbeat_ms: 10_000, max_message_bytes: 1_048_576, agent: { id: 'ann', swarm: 'default', keep: [], stop: [], missing: [] } };
const client = (frame: unknown): ScenarioFrame => ({ from: 'client', name: '', invalid: false, frame });
const hub = (frame: unknown): ScenarioFrame => ({ from: 'hub', name: '', invalid: false, frame });
const opening = [client({ type: 'hello' }), hub(welcome)];
const unreachable = (error: WaggleError) => error.code === 'UNREACHABLE';

test('connectTimeout holds for an address that accepts the connection and says nothing', async () => {
  const server = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const started = Date.now();
  await assert.rejects(connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connectTimeout: 300 }), unreachable);
  assert.ok(Date.now() - started < 5_000, `${Date.now() - started} ms`);
  server.close();
});

test('connectTimeout holds for a server that opens the WebSocket and sends no welcome, and the socket is closed', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const closed = new Promise<void>((resolve) => server.on('connection', (socket) => socket.on('close', () => resolve())));
  const started = Date.now();
  await assert.rejects(connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connectTimeout: 300 }), unreachable);
  await closed;
  assert.ok(Date.now() - started < 5_000, `${Date.now() - started} ms`);
  server.close();
});

test('A welcome after the timeout opens nothing', async () => {
  // A socket that does not report its end, as one to a peer that does not answer.
  const scripted = new ScriptedHub(opening);
  class Late extends (scripted.webSocket as new (url: string) => WebSocketLike & { received(text: string): void }) {
    override send(data: string): void {
      setTimeout(() => super.send(data), 200);
    }

    override close(): void {}
  }
  const states: string[] = [];
  await assert.rejects(connect('http://scripted', { webSocket: Late, connectTimeout: 50, onState: (s) => states.push(s.state) }), unreachable);
  await until(() => scripted.finished, 'the welcome was sent', 5_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(states, ['connecting', 'closed']);
});

test('What onState throws is reported, and the connection works', async () => {
  const errors: unknown[] = [];
  const scripted = new ScriptedHub([...opening, client({ type: 'echo', id: 'e' }), hub({ type: 'reply', id: 'e', result: 1 })]);
  const connection = await connect('http://scripted', {
    webSocket: scripted.webSocket, onError: (e) => errors.push(e), onState: ({ state }) => {
      throw state;
    },
  });
  assert.equal((await connection.request({ type: 'echo' })).result, 1);
  await connection.close({ timeout: 10 });
  assert.deepEqual(errors, ['connecting', 'open', 'closed']);
});

test('A constructor of WebSockets that throws ends the first connection with its reason', async () => {
  class Refusing {
    constructor() {
      throw new Error('the page may not open it');
    }
  }
  const started = Date.now();
  const failed = connect('http://scripted', { webSocket: Refusing as unknown as new (url: string) => WebSocketLike });
  await assert.rejects(failed, (e: WaggleError) => unreachable(e) && e.message.includes('the page may not open it'));
  assert.ok(Date.now() - started < 5_000);
});

test('A frame that is not JSON ends the socket, and the client connects again', async () => {
  let socket: WebSocketLike | undefined;
  class Kept extends new ScriptedHub([...opening, ...opening]).webSocket {
    constructor(url: string) {
      super(url);
      socket = this as WebSocketLike;
    }
  }
  const states: ConnectionState[] = [];
  const connection = await connect('http://scripted', { webSocket: Kept, backoffBase: 1, onState: (s) => states.push(s) });
  socket!.onmessage!({ data: '<html>' });
  await until(() => states.filter((s) => s.state === 'open').length === 2, 'the second welcome', 5_000);
  await connection.close({ timeout: 10 });
});

test('An answer in the frame of the reply to its question reaches the handler', async () => {
  const scripted = new ScriptedHub([
    ...opening, hub({ type: 'assign', task: 't1', attempt: 1, token: 7, lease_ms: 30_000, swarm: 'default', spec: { title: 'A' } }),
    client({ type: 'task.start' }), client({ type: 'task.ask', id: 'q' }),
    hub([{ type: 'reply', id: 'q', result: { question: 'q1' } }, { type: 'answer', task: 't1', attempt: 1, token: 7, answer: { question: 'q1', attempt: 1, state: 'defaulted', answer: 'blue' } }]),
    client({ type: 'task.complete', id: 'c' }), hub({ type: 'reply', id: 'c', result: { task: 't1', state: 'completed', duplicate: false, cancel_requested: false } }),
  ]);
  let answer: unknown;
  const worker = await startWorker('http://scripted', { webSocket: scripted.webSocket }, (w) => w.otherwise(async (task) => (answer = await task.ask({ text: 'Which colour?', hold: true }))));
  await until(() => answer !== undefined, 'the answer', 5_000);
  assert.equal(answer, 'blue');
  await until(() => worker.holding === 0, 'the end', 5_000);
  await worker.close({ timeout: 10 });
});

const assigned = hub({ type: 'assign', task: 't1', attempt: 1, token: 7, lease_ms: 30_000, swarm: 'default', spec: { title: 'A' } });
const ended = (state: string) => hub({ type: 'reply', id: 'e', result: { task: 't1', state, duplicate: false, cancel_requested: false } });
const lease = { task: 't1', attempt: 1, token: 7 };

test('An answer that precedes the reply to the repeated question, after a reconnect, reaches the handler', async () => {
  const scripted = new ScriptedHub([
    ...opening, assigned, client({ type: 'task.start' }), client({ type: 'task.ask' }), { from: 'closed', name: '', invalid: false, frame: { code: 1001 } },
    client({ type: 'hello' }), hub(welcome), hub({ type: 'answer', ...lease, answer: { question: 'q1', attempt: 1, state: 'answered', answer: 'blue' } }),
    client({ type: 'task.ask', id: 'q' }), hub({ type: 'reply', id: 'q', result: { question: 'q1' } }), client({ type: 'task.complete', id: 'e' }), ended('completed'),
  ]);
  let answer: unknown;
  const worker = await startWorker('http://scripted', { webSocket: scripted.webSocket, backoffBase: 1 }, (w) => w.otherwise(async (task) => (answer = await task.ask({ text: 'Which colour?', hold: true }))));
  await until(() => scripted.finished, 'the end', 5_000);
  assert.equal(answer, 'blue');
  await worker.close({ timeout: 10 });
});

test('A handler that asks after its cancellation asks nobody and ends', async () => {
  const scripted = new ScriptedHub([...opening, assigned, hub({ type: 'cancel', ...lease, grace_ms: 1000 }), client({ type: 'task.start' }), client({ type: 'task.cancelled', id: 'e' }), ended('cancelled')]);
  const worker = await startWorker('http://scripted', { webSocket: scripted.webSocket }, (w) => w.otherwise(async (task) => {
    await until(() => task.signal.aborted, 'the cancellation');
    return task.ask({ text: 'Which colour?', hold: true });
  }));
  await until(() => scripted.finished && worker.holding === 0, 'the end', 5_000);
  assert.deepEqual(scripted.unexpected, []);
  await worker.close({ timeout: 10 });
});

test('A question that meets the cancellation of its task ends it as cancelled, and one without room is asked again', async () => {
  const scripted = new ScriptedHub([
    ...opening, assigned, client({ type: 'task.start' }), client({ type: 'task.ask', id: 'q' }), hub({ type: 'error', id: 'q', code: 'QUOTA_EXCEEDED', message: 'Too many.' }),
    client({ type: 'task.ask', id: 'r' }), hub([{ type: 'cancel', ...lease, grace_ms: 1000 }, { type: 'error', id: 'r', code: 'INVALID_STATE', message: 'It is being cancelled.' }]),
    client({ type: 'task.cancelled', id: 'e' }), ended('cancelled'),
  ]);
  const worker = await startWorker('http://scripted', { webSocket: scripted.webSocket }, (w) => w.otherwise(async (task) => task.ask({ text: 'Which colour?' })));
  await until(() => scripted.finished && worker.holding === 0, 'the end', 5_000);
  await worker.close({ timeout: 10 });
});

test('A message on which the handler throws three times is given up with the name of the error, and the next one follows', async () => {
  const message = (id: string) => hub({ type: 'message', message: id, agent: 'ann', swarm: 'default', content: 1, sent_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-01T00:00:00Z' });
  const acks: any[] = [];
  const scripted = new ScriptedHub([
    ...opening, message('m1'), message('m2'), client({ type: 'message.acknowledge', id: 'a' }), hub({ type: 'reply', id: 'a', result: { acknowledged: 1 } }),
    client({ type: 'message.acknowledge', id: 'b' }), hub({ type: 'reply', id: 'b', result: { acknowledged: 1 } }),
  ]);
  class Kept extends (scripted.webSocket as new (url: string) => WebSocketLike) {
    override send(data: string): void {
      acks.push(...[JSON.parse(data)].flat().filter((m) => m.type === 'message.acknowledge'));
      super.send(data);
    }
  }
  const calls: string[] = [];
  const worker = await startWorker('http://scripted', { webSocket: Kept, onError: () => {}, onMessage: (m) => {
    calls.push(m.message);
    if (m.message === 'm1') throw new RangeError('the content');
  } }, (w) => w.otherwise(() => 1));
  await until(() => scripted.finished, 'both acknowledgements', 10_000);
  assert.deepEqual([calls, acks.map((a) => [a.messages[0], a.failed])], [['m1', 'm1', 'm1', 'm2'], [['m1', 'RangeError'], ['m2', undefined]]]);
  await worker.close({ timeout: 10 });
});

test('What a worker callback throws is reported: no vote is cast, and the end of a task is told once', async () => {
  const errors: unknown[] = [];
  let ends = 0;
  const scripted = new ScriptedHub([
    ...opening,
    hub({ type: 'vote.requested', proposal: 'p1', swarm: 'default', question: '?', options: ['a'], rule: 'simple', deadline: '2026-01-01T00:00:00Z' }),
    hub({ type: 'message', message: 'm1', agent: 'ann', swarm: 'default', content: 1, sent_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-01T00:00:00Z' }),
    hub({ type: 'assign', task: 't1', attempt: 1, token: 7, lease_ms: 30_000, swarm: 'default', spec: { title: 'A' } }),
    client({ type: 'task.start' }), client({ type: 'task.complete', id: 'c' }), hub({ type: 'reply', id: 'c', result: { task: 't1', state: 'completed', duplicate: false, cancel_requested: false } }),
  ]);
  const fail = (what: string) => {
    throw what;
  };
  const worker = await startWorker('http://scripted', {
    webSocket: scripted.webSocket, onError: (e) => errors.push(e), onVote: async () => fail('vote'), onMessage: () => fail('message'), onEnded: () => (ends++, fail('ended')),
  }, (w) => w.otherwise(() => 1));
  await until(() => worker.holding === 0 && errors.length === 3, 'the callbacks were called', 5_000);
  assert.deepEqual([errors.toSorted(), ends, scripted.unexpected], [['ended', 'message', 'vote'], 1, []]);
  await worker.close({ timeout: 10 });
});
