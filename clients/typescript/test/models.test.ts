import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Root } from './hub.js';

// The name of a record of the hub, where the type has another one here.
const Renamed: Record<string, string> = { AttemptView: 'Attempt', TaskError: 'TaskFailure', TopologyView: 'SwarmTopology' };

const types = (await Promise.all(['protocol', 'task-views', 'usage-views', 'views'].map((file) => readFile(`src/${file}.ts`, 'utf8')))).join('\n');

test('A type has every field of the record of the hub with its name', async () => {
  const folder = join(Root, 'src/Waggle.Protocol/Model');
  let compared = 0;
  const missing: string[] = [];
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, name, body] of text.matchAll(/^public sealed record (\w+)(?:\([^)]*\))?\s*\{\n(.*?)^\}/gms)) {
      const own = new RegExp(`^export interface ${Renamed[name!] ?? name} .*?^}`, 'ms').exec(types)?.[0];
      if (!own) continue;
      compared++;
      for (const [, property] of body!.matchAll(/^    public .* (\w+) \{ get; init; \}/gm)) {
        const field = property!.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
        if (!new RegExp(`^  ${field}\\??:`, 'm').test(own)) missing.push(`${name}.${field}`);
      }
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(compared > 20, `${compared} types were compared`);
});

test('Every message of the hub has a type', async () => {
  const table = (await readFile(join(Root, 'spec/waggle.v1.md'), 'utf8')).split(/^## Messages of the hub$/m)[1]!.split(/^## /m)[0]!;
  const names = [...table.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name!);
  assert.ok(names.length > 12);
  assert.deepEqual(names.filter((name) => !types.includes(`type: '${name}'`)), []);
});
