import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, type Observer, type ObserverEvent } from '@waggle/client';
import { ScriptedHub, type ScenarioFrame } from '@waggle/client/testing';

const welcome = { type: 'welcome', protocol: 'waggle.v1', position: '1:1', heartbeat_ms: 10_000, max_message_bytes: 1_048_576 };
const client = (frame: unknown): ScenarioFrame => ({ from: 'client', name: '', invalid: false, frame });
const hub = (frame: unknown): ScenarioFrame => ({ from: 'hub', name: '', invalid: false, frame });
const record = (offset: number) => ({ type: 'record', position: `1:${offset}`, topic: 'task.t1.created', kind: 'task_created', class: 'durable', at: '2026-01-01T00:00:00Z', data: { n: offset } });
const reply = (id: string, position: string, records: unknown[] = []) => ({ type: 'reply', id, position, result: { subscription: 's', recovered: true, records, latest: [] } });
const opening = [client({ type: 'hello' }), hub(welcome)];

test('Records that share a frame with the reply to the subscription follow what the reply holds, and the position only grows', async () => {
  const scripted = new ScriptedHub([...opening, client({ type: 'subscribe', id: 'a' }), hub([reply('a', '1:5', [record(4), record(5)]), record(6), record(7)])]);
  const observer = await observe(scripted, { since: '1:3' });
  const events = await take(observer, 5);
  assert.deepEqual(events.map(described), ['recovered from 1:3', 'record 1:4', 'record 1:5', 'record 1:6', 'record 1:7']);
  assert.equal(observer.position, '1:7');
  await observer.close({ timeout: 10 });
});

test('An observer that resumes after a full queue keeps the records that share a frame with the reply', async () => {
  const scripted = new ScriptedHub([
    ...opening, client({ type: 'subscribe', id: 'a' }), hub(reply('a', '1:1')), hub(Array.from({ length: 12 }, (_, i) => record(i + 2))),
    ...opening, client({ type: 'subscribe', id: 'b' }), hub([reply('b', '1:14', [record(14)]), record(15)]), hub(record(16)),
  ]);
  const observer = await observe(scripted, { capacity: 12 });
  const events = await take(observer, 17);
  assert.deepEqual(events.slice(12).map(described), ['recovered from 1:13', 'gap 1:13 to 1:14', 'record 1:14', 'record 1:15', 'record 1:16']);
  await observer.close({ timeout: 10 });
});

async function observe(scripted: ScriptedHub, options: { since?: string; capacity?: number }): Promise<Observer> {
  const hubs = [new ScriptedHub(opening).webSocket, scripted.webSocket];
  // The client has the first socket, its observer the others.
  const webSocket = class { constructor(url: string) { return new (hubs.length > 1 ? hubs.shift()! : hubs[0]!)(url); } } as unknown as ScriptedHub['webSocket'];
  const owner = await connect('http://scripted', { webSocket, backoffBase: 1, random: () => 0 });
  const observer = await owner.observe('task.#', options);
  await owner.close({ timeout: 10 });
  return observer;
}

async function take(observer: Observer, count: number): Promise<ObserverEvent[]> {
  const iterator = observer[Symbol.asyncIterator]();
  const events: ObserverEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`Only these events came: ${events.map(described).join(', ')}`)), 10_000)));
  while (events.length < count) events.push((await Promise.race([iterator.next(), late])).value);
  clearTimeout(timer);
  return events;
}

function described(event: ObserverEvent): string {
  if (event.type === 'recovered') return `recovered from ${event.since}`;
  return event.type === 'gap' ? `gap ${event.from} to ${event.to}` : `record ${event.position}`;
}
