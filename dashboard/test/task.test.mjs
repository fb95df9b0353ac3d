import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Hub, open, Program, until, violations } from './support.mjs';

const run = promisify(execFile);

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start()]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

/** Runs a copied command as a person pastes it. */
async function paste(command) {
  const shell = `waggle() { dotnet '${Program}' "$@"; }\n${command}`;
  return (await run('bash', ['-c', shell], { env: { ...process.env, WAGGLE_URL: hub.url } })).stdout;
}

const read = async (path) => (await fetch(`${hub.url}/api/v1/${path}`)).json();

test('A result that did not pass its check and the one that did stand side by side, with what was claimed', async () => {
  const worker = await startWorker(hub.url, { id: 'counter' }, (w) => w.otherwise((task) => {
    task.log(`attempt ${task.attempt} looks`);
    task.usage = { input_tokens: 100 * task.attempt, output_tokens: 7 };
    return task.attempt === 1 ? { pages: 3 } : { words: 312 };
  }));
  try {
    const verify = { schema: { type: 'object', required: ['words'] } };
    const [task] = (await hub.post('tasks', [{ title: 'Count', type: 'count', input: { text: 'it\'s "so" few' }, verify, backoff_base_ms: 100, max_attempts: 3 }])).tasks;
    const page = await open(chrome, `${hub.url}/ui/#/tasks/${task.id}`);
    const facts = page.getByRole('region', { name: 'State' });
    await facts.locator('dt:text-is("State") + dd', { hasText: 'completed' }).waitFor();
    assert.match(await facts.locator('dt:text-is("Claimed") + dd').textContent(), /completed/);
    assert.match(await facts.locator('dt:text-is("Checked") + dd').textContent(), /passed/);
    const attempts = page.getByRole('region', { name: 'Attempts' }).getByRole('listitem');
    assert.match(await attempts.nth(0).textContent(), /VERIFICATION_FAILED/);
    assert.match(await attempts.nth(0).textContent(), /checks failed/);
    assert.match(await attempts.nth(1).textContent(), /checks passed/);

    const two = page.getByRole('region', { name: 'Side by side' });
    const row = async (name) => (await two.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell').allTextContents()).map((t) => t.trim());
    assert.deepEqual(await row('Claimed'), ['completed', 'completed']);
    assert.deepEqual(await row('Checks'), ['failed', 'passed']);
    assert.deepEqual(await row('Tokens'), ['100 in, 7 out', '200 in, 7 out']);
    assert.deepEqual(await row('Last log lines'), ['attempt 1 looks', 'attempt 2 looks']);
    assert.deepEqual(await violations(page), []);
    await two.getByRole('combobox', { name: 'Left attempt' }).selectOption('2');
    await until(async () => (await row('Checks'))[0] === 'passed', 'the left attempt is the second one');
    assert.match(page.url(), /compare=2%2C2/);

    // Again, with another input: what else the task had stays, its check included.
    await page.getByRole('button', { name: 'Run again with changes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Input (JSON)').fill('{"text": "other"}');
    assert.equal(await dialog.getByRole('button', { name: 'Copy as waggle' }).count(), 0);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.waitForFunction((id) => /#\/tasks\/t\d+$/.test(location.hash) && !location.hash.endsWith(`/${id}`), task.id);
    const next = await read(`tasks/${page.url().split('/').at(-1)}`);
    assert.deepEqual([next.spec.input, next.spec.type, next.spec.verify, next.spec.max_attempts], [{ text: 'other' }, 'count', verify, 3]);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await worker.close({ timeout: 500 });
  }
});

test('The verdicts of reviews are in the task while they come in', async () => {
  const author = await startWorker(hub.url, { id: 'author' }, (w) => w.handle({ type: 'write' }, () => 'a text'));
  let release;
  const released = new Promise((done) => (release = done));
  let reviews = 0;
  const reviewer = await startWorker(hub.url, { id: 'reviewer' }, (w) => w.handle({ type: 'review' }, async () => {
    if (reviews++ > 0) await released;
    return { passed: true, reason: 'reads well' };
  }));
  try {
    const [task] = (await hub.post('tasks', [{ title: 'Write', type: 'write', verify: { review: { count: 3 } } }])).tasks;
    const page = await open(chrome, `${hub.url}/ui/#/tasks/${task.id}`);
    const checked = page.getByRole('region', { name: 'State' }).locator('dt:text-is("Checked") + dd');
    await checked.getByText('reads well').waitFor();
    await checked.getByText('verifying').waitFor();
    await checked.getByRole('link', { name: 'reviewer' }).waitFor();
    assert.deepEqual(await violations(page), []);
    const review = await checked.getByRole('link', { name: /^t\d+$/ }).textContent();
    release();
    await checked.getByText('passed').waitFor();
    await page.goto(`${hub.url}/ui/#/tasks/${review}`);
    await page.getByText('Review of').waitFor();
    await page.getByRole('region', { name: 'State' }).getByRole('link', { name: task.id }).first().waitFor();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    release();
    await author.close({ timeout: 500 });
    await reviewer.close({ timeout: 500 });
  }
});

test('What is copied as curl and as waggle does in a terminal what the page does', async () => {
  const spec = { title: "It's $HOME", type: 'odd', input: { text: 'a "b" \'c\' `d`\n$e' }, requires: { reading: 0.5 }, metadata: { who: 'me & you' }, max_attempts: 2, priority: 2, concurrency: { key: 'repo-7', limit: 3 }, fairness: { key: 'team-a', weight: 2 } };
  const [task] = (await hub.post('tasks', [spec])).tasks;
  const page = await open(chrome, `${hub.url}/ui/#/tasks/${task.id}`);
  const copied = (part, label) => part.getByRole('button', { name: label }).getAttribute('title');
  assert.equal(JSON.parse(await paste(await copied(page, 'Copy as curl'))).id, task.id);
  assert.match(await paste(await copied(page, 'Copy as waggle')), new RegExp(task.id));
  await page.getByRole('button', { name: 'Run again with changes' }).click();
  const dialog = page.getByRole('dialog');
  for (const label of ['Copy as curl', 'Copy as waggle']) {
    const id = /\bt\d+\b/.exec(await paste(await copied(dialog, label)))[0];
    const made = (await read(`tasks/${id}`)).spec;
    for (const name of Object.keys(spec)) assert.deepEqual(made[name], spec[name], `${label}: ${name}`);
  }
  await page.context().close();
});
