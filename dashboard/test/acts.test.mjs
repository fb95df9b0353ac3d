import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Hub, live, open, until, violations } from './support.mjs';

let chrome;
let hub;
let worker;
let release;
before(async () => {
  // A rule that every machine breaks, and readings often.
  [chrome, hub] = [await browser(), await Hub.start('--insight-interval', '500ms', '--alert', 'host_memory=0.1/0.05/0s')];
  const released = new Promise((done) => (release = done));
  worker = await startWorker(hub.url, { id: 'hand' }, (w) => w.handle({ type: 'hold' }, () => released).otherwise(() => 'done'));
});
after(async () => {
  release();
  await worker.close({ timeout: 500 });
  await chrome.close();
  await hub.dispose();
});

const read = async (path) => (await fetch(`${hub.url}/api/v1/${path}`)).json();

/** Presses a button and confirms what the page asks. */
async function act(part, page, name) {
  await part.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

const fact = (page, name) => page.getByRole('region', { name: 'State' }).locator(`dt:text-is("${name}") + dd`);

test('An alert that fires is drawn with its figure and its threshold, and is acknowledged on the page', async () => {
  const page = await open(chrome, `${hub.url}/ui/`);
  await page.getByRole('region', { name: 'Open alerts' }).getByText('firing').waitFor();
  await page.getByRole('link', { name: /^Alerts/ }).click();
  const row = page.getByRole('row', { name: /host_memory/ });
  await row.getByRole('img', { name: /^host\.memory_used_percent: [2-9]/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await row.getByRole('button', { name: 'Acknowledge' }).click();
  await row.getByText(/^seen by/).waitFor();
  assert.equal((await read('alerts')).alerts[0].state, 'acknowledged');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('A swarm is paused, resumed and stopped on the page', async () => {
  await hub.post('swarms', { id: 'crew', name: 'Crew' });
  const page = await open(chrome, `${hub.url}/ui/#/swarm/crew`);
  await live(page);
  const state = async () => (await read('swarms/crew')).state;
  for (const [name, next] of [['Pause', 'paused'], ['Resume', 'active'], ['Stop', 'stopped'], ['Resume', 'active']]) {
    await act(page.locator('main'), page, name);
    await fact(page, 'State').getByText(next).waitFor();
    assert.equal(await state(), next);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('An agent is drained, gets tasks again, and is removed; its task returns to the queue', async () => {
  const [task] = (await hub.post('tasks', [{ title: 'Hold', type: 'hold' }])).tasks;
  await until(async () => (await read(`tasks/${task.id}`)).state === 'running', 'the task runs');
  const page = await open(chrome, `${hub.url}/ui/#/agents/hand`);
  await live(page);
  await act(page.locator('main'), page, 'Drain');
  await fact(page, 'Status').getByText('draining').waitFor();
  await act(page.locator('main'), page, 'Resume');
  await fact(page, 'Status').getByText('online').waitFor();
  await page.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: task.id }).waitFor();

  const other = await startWorker(hub.url, { id: 'other' }, (w) => w.otherwise(() => new Promise(() => {})));
  const [lost] = (await hub.post('tasks', [{ title: 'Lost', assign_to: 'other' }])).tasks;
  await until(async () => (await read(`tasks/${lost.id}`)).state === 'running', 'the other task runs');
  await page.goto(`${hub.url}/ui/#/agents/other`);
  await act(page.locator('main'), page, 'Remove');
  await page.getByRole('heading', { name: 'Agents' }).waitFor();
  await page.getByRole('link', { name: 'other', exact: true }).waitFor({ state: 'detached' });
  assert.notEqual((await read(`tasks/${lost.id}`)).state, 'running');
  await other.close({ timeout: 100 });
  await page.context().close();
});

test('The priority of selected tasks changes, and of all that match after they were counted', async () => {
  await hub.post('tasks', ['first', 'second', 'third'].map((title) => ({ title: `Sort ${title}`, requires: { nobody: 0 } })));
  const page = await open(chrome, `${hub.url}/ui/#/tasks?q=sort`);
  await page.getByText('Sort first').waitFor();
  const priorities = async () => Object.fromEntries((await read('tasks?text=sort')).tasks.map((t) => [t.spec.title, t.priority]));
  const set = async (label, priority, question) => {
    await page.getByLabel(label).selectOption(priority);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: question }).waitFor();
    await dialog.getByRole('button', { name: 'Set the priority' }).click();
    await dialog.waitFor({ state: 'hidden' });
  };
  await page.getByRole('row', { name: /Sort second/ }).getByRole('checkbox').check();
  await set('Priority of the selected tasks', '1', 'Set priority 1 of 1 task?');
  assert.deepEqual(await priorities(), { 'Sort first': 3, 'Sort second': 1, 'Sort third': 3 });
  await set('Priority of all tasks that match', '5', 'Set priority 5 of 3 tasks?');
  assert.deepEqual(await priorities(), { 'Sort first': 5, 'Sort second': 5, 'Sort third': 5 });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('A schedule runs, pauses, goes on and is removed on the page', async () => {
  await fetch(`${hub.url}/api/v1/schedules/nightly`, { method: 'PUT', body: JSON.stringify({ cron: '0 3 * * *', task: { title: 'Every night' } }) });
  const page = await open(chrome, `${hub.url}/ui/#/schedules`);
  const row = page.getByRole('row', { name: /^nightly/ });
  await act(row, page, 'Run');
  await row.getByRole('link', { name: /^t\d+$/ }).waitFor();
  await act(row, page, 'Pause');
  await row.getByText('paused').waitFor();
  await act(row, page, 'Resume');
  await row.getByText('active').waitFor();
  assert.deepEqual(await violations(page), []);
  await act(row, page, 'Remove');
  await page.getByText('No schedule.').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('People begin a conversation, and each sees what the other writes', async () => {
  const [ann, bo] = [await open(chrome, `${hub.url}/ui/#/chat`), await open(chrome, `${hub.url}/ui/#/chat`, { theme: 'dark' })];
  await ann.getByLabel('Title of a new conversation').fill('The release');
  await ann.getByRole('button', { name: 'Begin' }).click();
  await bo.getByRole('link', { name: 'The release' }).click();
  for (const [page, other, text] of [[ann, bo, 'All tests passed.'], [bo, ann, 'Then release it.']]) {
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
    await other.getByRole('region', { name: 'Messages' }).getByText(text).waitFor();
  }
  for (const page of [ann, bo]) {
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
});

test('An entry of memory is deleted on the page', async () => {
  await fetch(`${hub.url}/api/v1/memory/notes/plan`, { method: 'PUT', body: JSON.stringify({ value: { step: 1 } }) });
  const page = await open(chrome, `${hub.url}/ui/#/memory`);
  await page.getByRole('link', { name: 'notes' }).click();
  await page.getByRole('link', { name: 'plan' }).click();
  await page.getByText('"step": 1').waitFor();
  await act(page.getByRole('region', { name: 'Entry', exact: true }), page, 'Delete');
  await page.getByText('No entry.').waitFor();
  assert.equal((await fetch(`${hub.url}/api/v1/memory/notes/plan`)).status, 404);
  await page.context().close();
});
