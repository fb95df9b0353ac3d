import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, type ConnectionState, type WaggleError } from '@waggle/client';
import { TestHub, until } from './hub.js';

let hub: TestHub;
let valid: string;
before(async () => {
  hub = await TestHub.start('--auth', 'token');
  valid = await hub.token('--role', 'operator');
});
after(() => hub.dispose());

test('A function is asked for the token of each connection; a text is presented each time', async () => {
  let asked = 0;
  const states: ConnectionState['state'][] = [];
  const client = await connect(hub.url, { token: async () => (asked++, valid), backoffBase: 50, backoffCap: 200, onState: (s) => states.push(s.state) });
  const other = await connect(hub.url, { token: valid, backoffBase: 50, backoffCap: 200 });
  assert.equal(asked, 1);
  await hub.kill();
  await hub.restart();
  await client.tasks.list();
  await other.tasks.list();
  assert.ok(asked >= 2 && states.filter((s) => s === 'open').length === 2, `${asked} times, ${states}`);
  await client.close();
  await other.close();
});

test('A refused token of a function is asked for once more; a refused text ends the connection', async () => {
  const tokens = ['not a token', valid];
  const client = await connect(hub.url, { token: () => tokens.shift(), backoffBase: 1, backoffCap: 50 });
  assert.deepEqual(tokens, []);
  await client.tasks.list();
  await client.close();
  const isRefused = (e: WaggleError) => e.code === 'UNAUTHENTICATED';
  await assert.rejects(connect(hub.url, { token: 'not a token' }), isRefused);
  await assert.rejects(connect(hub.url, { token: () => 'not a token', backoffBase: 1, backoffCap: 50 }), isRefused);
});

// The hub warns 60 s before the end of a token.
test('Before the token expires the function is asked for another one, and the connection stays', async () => {
  const tokens = [await hub.token('--role', 'operator', '--expires-in', '62s'), valid];
  const states: ConnectionState['state'][] = [];
  const client = await connect(hub.url, { token: () => tokens.shift(), onState: (s) => states.push(s.state) });
  await until(() => tokens.length === 0, 'the second token was asked for');
  await client.tasks.list();
  assert.deepEqual(states.filter((s) => s !== 'connecting'), ['open']);
  await client.close();
});
