import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

test('The core is at most 12 kB with gzip, its comments included', async () => {
  const files = new Set<string>();
  const take = async (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, next] of (await readFile(`dist/${file}`, 'utf8')).matchAll(/from '\.\/([\w.-]+)'/g)) await take(next!);
  };
  await take('index.js');
  const text = await Promise.all([...files].map((f) => readFile(`dist/${f}`)));
  const size = gzipSync(Buffer.concat(text), { level: 9 }).length;
  assert.ok(files.size > 5 && size <= 12_000, `${size} bytes in ${files.size} files`);
});

test('Every entry of the exports exists, its types first, and the core needs no package', async () => {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  for (const [name, entry] of Object.entries<any>(manifest.exports)) {
    if (typeof entry === 'string') continue;
    assert.deepEqual(Object.keys(entry), ['types', 'default'], name);
    for (const path of Object.values<string>(entry)) await readFile(path);
  }
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.sideEffects, false);
});

test('The lock file names no registry', async () => {
  assert.doesNotMatch(await readFile('package-lock.json', 'utf8'), /resolved|https?:\/\/(?!github|opencollective|bjornlu\.com\/sponsor)/);
});
