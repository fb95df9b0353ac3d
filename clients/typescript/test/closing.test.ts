import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { connect, type ConnectionState, type WaggleError } from '@waggle/client';
import { startWorker } from '@waggle/client/worker';
import { TestHub, until } from './hub.js';

const Welcome = { type: 'welcome', protocol: 'waggle.v1', position: '1:1', heartbeat_ms: 600_000, max_message_bytes: 1_048_576, agent: { id: 'ann', swarm: 'default', keep: [], stop: [], missing: [] } };
const Patience = 10_000;

let hub: TestHub;
before(async () => void (hub = await TestHub.start()));
after(() => hub.dispose());

/** A hub that greets, answers nothing and does not end a connection that it is asked to end. */
async function silent(): Promise<{ url: string; end: () => void }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.send(JSON.stringify(Welcome));
    // Nothing is read any more, the close frame included.
    socket.once('message', () => socket.pause());
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, end: () => (server.clients.forEach((c) => c.terminate()), server.close()) };
}

/** The time that a close took; it has to resolve, not to reject. */
async function took(close: Promise<unknown>): Promise<number> {
  const from = performance.now();
  await close;
  return performance.now() - from;
}

test('A close resolves beside a hub that answers nothing: of a client with an open request, of an observer, of a worker', async () => {
  const quiet = await silent();
  try {
    const client = await connect(quiet.url);
    const asked = assert.rejects(client.tasks.list(), (e: WaggleError) => e.code === 'CLOSED');
    assert.ok((await took(client.close({ timeout: 100 }))) < Patience);
    await asked;
    const worker = await startWorker(quiet.url, { id: 'ann' }, (w) => w.otherwise(() => null));
    assert.ok((await took(worker.close({ timeout: 100 }))) < Patience);
  } finally {
    quiet.end();
  }
});

test('A close resolves although a handler neither ends nor looks at its signal', async () => {
  const worker = await startWorker(hub.url, { id: 'stubborn' }, (w) => w.otherwise(() => new Promise(() => {})));
  const client = await connect(hub.url);
  const { id } = await client.tasks.create({ title: 'Endless', assign_to: 'stubborn' });
  await until(async () => (await client.tasks.show(id)).state === 'running', 'the task runs');
  assert.ok((await took(worker.close({ timeout: 100 }))) < Patience);
  // The hub has the task back at once, and not when its lease ends.
  await until(async () => (await client.tasks.show(id)).state === 'pending', 'the task waits again');
  await client.tasks.cancel(id);
  await client.close();
});

test('A close resolves while the hub is away, again after that, and from two sides at once', async () => {
  const states: ConnectionState['state'][] = [];
  const other = await TestHub.start();
  const client = await connect(other.url, { backoffBase: 60_000, onState: (s) => states.push(s.state) });
  const observer = await client.observe('#');
  await other.kill();
  await until(() => states.includes('waiting'), 'the client waits');
  assert.ok((await took(Promise.all([client.close({ timeout: 100 }), client.close({ timeout: 100 }), observer.close({ timeout: 100 })]))) < Patience);
  assert.ok((await took(client.close())) < Patience);
  let last: unknown;
  for await (const event of observer) last = event.type;
  assert.notEqual(last, undefined, 'the loop over the observer ends');
  assert.equal(states.at(-1), 'closed');
  await other.dispose();
});
