import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { browser, Hub, live, open, Program, violations } from './support.mjs';

const run = promisify(execFile);
const All = ['Overview', 'Tasks', 'Agents', 'Swarms', 'Questions', 'Workflows', 'Schedules', 'Errors', 'Alerts', 'Predictions', 'Costs', 'Votes', 'Memory', 'Chat', 'Stream', 'System'];
const OfTasks = ['Tasks', 'Questions', 'Schedules', 'Errors', 'Predictions', 'Costs'];

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start('--auth', 'token')]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

const tokenOf = async (...options) => (await run('dotnet', [Program, 'token', 'create', '--subject', 'reader', ...options, '--data', join(hub.folder, 'data')])).stdout.trim();

async function signIn(view, token) {
  const page = await open(chrome, `${hub.url}/ui/#/${view}`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await live(page);
  return page;
}

const shown = async (page) => (await page.getByRole('navigation', { name: 'Views' }).getByRole('link').allTextContents()).map((t) => t.replace(/\d+$/, '')).slice(1);
// A question to the hub that it refuses is no failure of the page.
const failures = (page) => page.complaints.filter((c) => !c.startsWith('403 '));

test('A token has the views of what it may read, and no others; a view by its address says so', async () => {
  const cases = [
    [['--role', 'observer'], All],
    [['--role', 'worker'], ['Overview', ...OfTasks, 'Votes', 'Memory', 'Chat', 'Stream']],
    [['--permission', 'read:tasks'], ['Overview', ...OfTasks, 'Stream']],
    [['--permission', 'read:agents', '--permission', 'read:votes'], ['Overview', 'Agents', 'Votes', 'Stream']],
    [['--role', 'operator', '--swarm', 'default'], All.filter((v) => v !== 'Alerts' && v !== 'System')],
  ];
  const tokens = await Promise.all(cases.map(([options]) => tokenOf(...options)));
  for (const [i, [options, views]] of cases.entries()) {
    const page = await signIn('', tokens[i]);
    assert.deepEqual(await shown(page), All.filter((v) => views.includes(v)), options.join(' '));
    if (!views.includes('Swarms')) assert.equal(await page.getByRole('link', { name: /^Waiting/ }).locator('strong').textContent(), '–', options.join(' '));
    assert.deepEqual(await violations(page), [], options.join(' '));
    assert.deepEqual(failures(page), [], options.join(' '));
    await page.context().close();
  }
  const page = await signIn('votes', tokens[2]);
  await page.getByText('or your token does not permit you to read it').waitFor();
  assert.deepEqual(failures(page), []);
  await page.context().close();
});
