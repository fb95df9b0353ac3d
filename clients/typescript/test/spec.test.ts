import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Connection } from '#parts/connection';
import { connect, defineTask, WaggleError } from '@waggle/client';
import { startWorker } from '@waggle/client/worker';
import { parseScenarios, ScriptedHub, type ScenarioFrame } from '@waggle/client/testing';
import { Root, until } from './hub.js';

const scenarios = parseScenarios(await readFile(join(Root, 'spec/waggle.v1.md'), 'utf8'));

function framesOf(title: string): ScenarioFrame[] {
  const found = scenarios.find((s) => s.title === title);
  assert.ok(found, `spec/waggle.v1.md has no scenario '${title}'`);
  return found.frames;
}

test('The page has scenarios, and each has frames of a client and of the hub', () => {
  assert.ok(scenarios.length > 15);
  for (const s of scenarios) assert.deepEqual([s.frames.some((f) => f.from === 'client'), s.frames.some((f) => f.from === 'hub')], [true, true], s.title);
});

// Every request of a scenario that has an answer, sent through the connection of the SDK; those of agents say the scenario's own hello.
for (const { title, frames } of scenarios) {
  const connections = [...new Set(frames.filter((f) => f.from === 'client').map((f) => f.name))].filter((name) => isPlain(frames, name));
  for (const name of connections) {
    test(`The frames of '${title}'${name ? ` (${name})` : ''} pass the connection as they are`, async () => {
      const hub = new ScriptedHub(frames, name);
      const sent = frames.filter((f) => f.from === 'client' && f.name === name && !f.invalid).flatMap((f) => [f.frame].flat());
      const received: string[] = [];
      const connection = new Connection('http://scripted', { webSocket: hub.webSocket }, { hello: () => ({ ...sent[0], id: 'hello' }), received: (m) => received.push(m.type) });
      await connection.start();
      for (const { id, ...message } of sent.slice(1)) {
        const answer = frames.find((f) => f.from === 'hub' && f.name === name && [f.frame].flat().some((m: any) => m.id === id && id !== undefined));
        const asked = connection.request(message);
        asked.catch(() => {});
        if (!answer) continue;
        const wanted = [answer.frame].flat().find((m: any) => m.id === id);
        if (wanted.type === 'error') await assert.rejects(asked, (e: WaggleError) => e.code === wanted.code);
        else assert.equal((await asked) !== undefined, true);
      }
      await until(() => hub.finished, 'every frame was played');
      // The connection keeps what answers a request; everything else reaches its owner, an error without a request included.
      const own = (m: any) => ['welcome', 'reply', 'auth.expiring'].includes(m.type) || (m.type === 'error' && m.id !== undefined);
      const told = frames.filter((f) => f.from === 'hub' && f.name === name).flatMap((f) => [f.frame].flat()).filter((m) => !own(m)).map((m) => m.type);
      await until(() => received.length >= told.length, 'every message arrived');
      assert.deepEqual(received, told);
      assert.deepEqual(hub.unexpected, []);
      await connection.close({ timeout: 10 });
    });
  }
}

test("A worker plays 'a task from creation to its end'", async () => {
  const frames = framesOf('a task from creation to its end').filter((f) => f.name === 'worker');
  const end = frames.findIndex((f) => f.frame.type === 'task.complete' && f.frame.id === '2') + 2;
  const hub = new ScriptedHub(frames.slice(0, end), 'worker');
  const acks: string[] = [];
  const worker = await startWorker('http://scripted', { id: 'ann', webSocket: hub.webSocket, onEnded: (_, ack) => acks.push(ack!.state) }, (w) =>
    w.otherwise(async (task) => {
      task.progress(0.4, 'half way, nearly');
      await new Promise((resolve) => setTimeout(resolve, 150));
      task.log('page 7 of 9');
      return { words: 312 };
    }));
  await until(() => acks.length === 1, 'the end is acknowledged');
  assert.deepEqual(acks, ['completed']);
  assert.ok(hub.finished);
  await worker.close({ timeout: 10 });
});

test("A worker that was replaced does not come back", async () => {
  const hub = new ScriptedHub([
    { from: 'client', name: '', invalid: false, frame: { type: 'hello' } },
    { from: 'hub', name: '', invalid: false, frame: { type: 'welcome', protocol: 'waggle.v1', position: '<position>', heartbeat_ms: 10000, max_message_bytes: 1048576, agent: { id: 'ann', keep: [], stop: [], missing: [] } } },
    { from: 'hub', name: '', invalid: false, frame: { type: 'bye', code: 4500, reason: 'A newer connection of the same agent took over.' } },
    { from: 'closed', name: '', invalid: false, frame: { code: 4500 } },
  ]);
  const ends: unknown[] = [];
  await startWorker('http://scripted', { webSocket: hub.webSocket, onState: (s) => s.state === 'closed' && ends.push(s.error?.code) }, (w) => w.otherwise(() => 1));
  await until(() => ends.length === 1, 'the connection ended');
  assert.deepEqual(ends, ['REPLACED']);
});

test('Types: the input and the result of a definition are those of its creator and its handler', () => {
  const words = defineTask<{ text: string }, { words: number }>('count-words');
  const check = async () => {
    const client = await connect('http://x');
    // @ts-expect-error: the input of 'count-words' has a text.
    await client.tasks.create(words, { page: 7 });
    const result = await client.tasks.result(await client.tasks.create(words, { text: 'so few' }));
    const n: number = result.words;
    // @ts-expect-error: the result has no pages.
    return n + result.pages;
  };
  assert.equal(typeof check, 'function');
});

function isPlain(frames: ScenarioFrame[], name: string): boolean {
  const own = frames.filter((f) => f.name === name && !f.invalid);
  const hellos = own.filter((f) => f.from === 'client').flatMap((f) => [f.frame].flat()).filter((m) => m.type === 'hello');
  // One socket from its hello to its end; what follows a break is in the tests of connections.
  return hellos.length === 1 && own[0]!.from === 'client' && [own[0]!.frame].flat()[0].type === 'hello'
    && !own.some((f) => f.from === 'closed') && [own[1]!.frame].flat()[0].type === 'welcome' && !Array.isArray(own[1]!.frame);
}
