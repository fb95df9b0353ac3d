import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Root, source } from './support.mjs';

const { parseQuery, commandOf } = await source('src/lib/query.ts');

for (const { text, query, problem } of JSON.parse(await readFile(join(Root, 'spec/task-filters.json'), 'utf8'))) {
  test(`The filter '${text}' means here what it means in a terminal`, () => {
    const { words, states, problem: found, ...rest } = parseQuery(text);
    if (problem) return void assert.ok(found?.startsWith(problem), found);
    assert.deepEqual({ ...rest, ...(states.length > 0 && { states }), ...(words.length > 0 && { text: words.join(' ') }) }, query);
    assert.equal(found, undefined);
  });
}

test('A part that somebody still types says nothing yet, and the last word is the beginning of one', () => {
  assert.deepEqual(parseQuery('swarm: state:'), { states: [], words: [] });
  assert.equal(commandOf(parseQuery("state:failed type:build it's logi")), "waggle task list --state failed --type build --text 'it'\\''s logi*'");
});
