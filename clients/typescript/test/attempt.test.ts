import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attempt } from '#parts/attempt';
import type { HubMessage, Welcome } from '@waggle/client';

/** A socket whose other end is the test. */
class Socket {
  readyState = 1;
  onopen: ((event: any) => void) | null = null;
  onmessage: ((event: any) => void) | null = null;
  onclose: ((event: any) => void) | null = null;
  onerror: ((event: any) => void) | null = null;
  sent: any[] = [];
  closes = 0;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closes++;
  }
  hears(message: unknown): void {
    this.onmessage!({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
}

const Hello = { type: 'welcome', protocol: 'waggle.v1', heartbeat_ms: 1_000 };

function attempt() {
  const socket = new Socket();
  const welcomes: Welcome[] = [];
  const messages: HubMessage[] = [];
  const attempt = new Attempt(socket, () => ({ client: 'test' }), { welcomed: (w) => welcomes.push(w), received: (m) => messages.push(m), heartbeat: () => 1_000 });
  socket.onopen!({});
  return { socket, attempt, welcomes, messages };
}

test('An attempt says hello, is open after the welcome, and passes messages on, those of an array one by one', () => {
  const { socket, attempt: a, welcomes, messages } = attempt();
  assert.deepEqual(socket.sent, [{ type: 'hello', id: 'hello', protocols: ['waggle.v1'], client: 'test' }]);
  assert.equal(a.isOpen, false);
  assert.equal(a.send('1'), false);
  socket.hears(Hello);
  assert.deepEqual([a.isOpen, welcomes.length], [true, 1]);
  socket.hears([{ type: 'position', position: '1:1' }, { type: 'position', position: '1:2' }]);
  assert.deepEqual(messages.map((m: any) => m.position), ['1:1', '1:2']);
  a.abandon(1000, 'the end of the test');
});

test('A refused hello is the reason of the end, and the socket is closed', async () => {
  const { socket, attempt: a } = attempt();
  socket.hears({ type: 'error', id: 'hello', code: 'UNAUTHENTICATED', message: 'No.' });
  assert.equal(socket.closes, 1);
  socket.onclose!({ code: 1000 });
  assert.equal((await a.ended).refusal?.code, 'UNAUTHENTICATED');
});

test('The code and the time of a bye count more than those of the close', async () => {
  const { socket, attempt: a } = attempt();
  socket.hears(Hello);
  socket.hears({ type: 'bye', code: 4500, reason: 'replaced', retry_after_ms: 70 });
  socket.onclose!({ code: 1006 });
  const { trouble } = await a.ended;
  assert.deepEqual([trouble.error.code, trouble.error.retryAfterMs, trouble.final, a.isOpen], ['REPLACED', 70, true, false]);
});

test('A frame that is not JSON ends the attempt, and later ones are not read', async () => {
  const { socket, attempt: a, welcomes } = attempt();
  socket.hears('{');
  socket.hears(Hello);
  assert.match((await a.ended).trouble.error.message, /not JSON/);
  assert.deepEqual(welcomes, []);
});

test('A hub that is silent is asked, and given up if it does not answer', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { socket, attempt: a } = attempt();
  socket.hears(Hello);
  t.mock.timers.tick(5_000);
  assert.deepEqual(socket.sent.at(-1), { type: 'echo', id: 'alive' });
  t.mock.timers.tick(5_000);
  assert.match((await a.ended).trouble.error.message, /fell silent/);
});

test('An answer of the hub keeps the attempt', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { socket, attempt: a } = attempt();
  socket.hears(Hello);
  for (let n = 0; n < 20; n++) {
    t.mock.timers.tick(5_000);
    socket.hears({ type: 'reply', id: 'alive' });
  }
  assert.equal(a.isOpen, true);
  a.abandon(1000, 'the end of the test');
});
