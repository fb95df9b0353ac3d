import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { TestHub } from './hub.js';

const run = promisify(execFile);

test('The programs of the README pass the compiler, and the first one counts words', async () => {
  const page = await readFile('README.md', 'utf8');
  const programs = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map((m) => m[1]!);
  assert.equal(programs.length, 2);
  // Within the package, so that its own name leads to it.
  const folder = await mkdtemp(join('build', 'readme-'));
  const hub = await TestHub.start();
  try {
    for (const [i, program] of programs.entries()) await writeFile(join(folder, `${i}.ts`), program);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { types: ['node'], noUnusedLocals: false, rootDir: '.', outDir: '.' }, include: ['*.ts'], exclude: [] }));
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder]).catch((e) => assert.fail(e.stdout));
    const { stdout } = await run(process.execPath, [join(folder, '0.js'), hub.url]);
    assert.equal(stdout, '{ words: 3 }\n');
  } finally {
    await hub.dispose();
    await rm(folder, { recursive: true });
  }
});
