import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, type ClientMessage, type WaggleError } from '@waggle/client';
import { ScriptedHub, type ScenarioFrame } from '@waggle/client/testing';
import { Root, until } from './hub.js';

test('What the .NET client sends once, this client sends once', async () => {
  const once = await onceInDotNet();
  assert.ok(once.size >= 8, `${[...once]}`);
  // A worker sends its own drain again with its next hello; the drain of another agent may be repeated.
  once.delete('agent.drain');
  for (const type of once) assert.equal(await fate({ type }), 'CONNECTION_LOST', type);
});

for (const message of [
  { type: 'task.create', tasks: [{ title: 'A', idempotency_key: 'a' }, { title: 'B' }] },
  { type: 'vote.open', proposal: { question: '?' } },
  { type: 'run.start', run: { workflow: 'w' } },
  { type: 'bulk.start', bulk: { action: 'retry', filter: {} } },
  { type: 'chat.open', title: 'talk' },
  { type: 'memory.put', namespace: 'n', key: 'k', value: 1, if_version: 3 },
]) test(`A request that would take effect twice fails with its connection: ${message.type}`, async () => assert.equal(await fate(message), 'CONNECTION_LOST'));

for (const message of [
  { type: 'task.create', tasks: [{ title: 'A', idempotency_key: 'a' }] },
  { type: 'vote.open', proposal: { question: '?', idempotency_key: 'a' } },
  { type: 'run.start', run: { workflow: 'w', idempotency_key: 'a' } },
  { type: 'bulk.start', bulk: { action: 'retry', filter: {}, idempotency_key: 'a' } },
  { type: 'chat.post', conversation: 'c', content: 'hello', idempotency_key: 'a' },
  { type: 'schedule.set', schedule: 's', spec: {} },
]) test(`A request that may be repeated is sent again on the next connection: ${message.type}`, async () => assert.equal(await fate(message), 'sent again'));

// Sends a message whose connection breaks before the answer.
async function fate(message: ClientMessage): Promise<string> {
  const frame = (from: ScenarioFrame['from'], frame: unknown): ScenarioFrame => ({ from, name: '', invalid: false, frame });
  const opening = [frame('client', { type: 'hello' }), frame('hub', { type: 'welcome', position: '1:1', heartbeat_ms: 10_000, max_message_bytes: 1_048_576 })];
  const again = [frame('client', { type: message.type, id: 'm' }), frame('hub', { type: 'reply', id: 'm', result: 'sent again' })];
  const hub = new ScriptedHub([...opening, frame('client', { type: message.type }), frame('closed', { code: 1006 }), ...opening, ...again]);
  const client = await connect('http://scripted', { webSocket: hub.webSocket, backoffBase: 1 });
  let result: string | undefined;
  client.request<string>(message).then((reply) => (result = reply.result), (error: WaggleError) => (result = error.code));
  await until(() => result !== undefined, 'the answer', 5_000);
  await client.close({ timeout: 10 });
  return result!;
}

async function onceInDotNet(): Promise<Set<string>> {
  const table = await readFile(join(Root, 'src/Waggle.Protocol/Messages/MessageTypes.cs'), 'utf8');
  const types = new Map([...table.matchAll(/\["([\w.]+)"\] = ClientJson\.Default\.(\w+)/g)].map(([, type, name]) => [name!, type!]));
  const once = new Set<string>();
  const folder = join(Root, 'src/Waggle.Client');
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.cs')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    const inline = text.matchAll(/new (\w+)\s*(?:\(\)|\{[^;{}]*(?:\[[^;]*\])?[^;{}]*\}),[^;]*?repeatable: false/g);
    const named = text.matchAll(/message = new (\w+)\s*\{[^;]*;[^;]*\(message,[^;]*repeatable: false/g);
    for (const [, name] of [...inline, ...named]) if (types.has(name!)) once.add(types.get(name!)!);
  }
  return once;
}
