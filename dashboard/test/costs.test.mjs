import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Hub, live, open, until, violations } from './support.mjs';

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start()]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

const read = async (path) => (await fetch(`${hub.url}/api/v1/${path}`)).json();

test('Usage is in the overview and the costs; a spent budget holds the work until it is raised on the page, and is removed there', async () => {
  const worker = await startWorker(hub.url, { id: 'writer' }, (w) => w.otherwise((task) => {
    task.usage = { model: task.spec.type, input_tokens: 900, output_tokens: 100, ...(task.spec.type === 'model-5' && { cost_usd: 1.25 }) };
    return 'done';
  }));
  try {
    const page = await open(chrome, `${hub.url}/ui/`);
    const cost = page.getByRole('link', { name: /^Cost today/ });
    await cost.getByText('no usage was reported').waitFor();
    await cost.click();
    const budgets = page.getByRole('region', { name: 'Budgets' });
    await budgets.getByText('No budget.').waitFor();

    await page.getByRole('button', { name: 'New budget' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('tests');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByRole('alert').getByText('Give a limit').waitFor();
    await dialog.getByLabel('Covers').selectOption('swarm');
    await dialog.getByLabel('US dollars').fill('2');
    await dialog.getByLabel('Allow agents whose cost is unknown').check();
    assert.deepEqual(await violations(page), []);
    const title = await dialog.getByRole('button', { name: 'Copy as waggle' }).getAttribute('title');
    assert.equal(title, 'waggle budget set tests --swarm default --day --cost 2 --unknown-cost allow');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await budgets.getByRole('row', { name: /tests/ }).getByText('$0.00 of $2.00').waitFor();

    const create = async (type) => (await hub.post('tasks', [{ title: `Write with ${type}`, type }])).tasks[0].id;
    await create('model-5');
    await create('model-free');
    await create('model-5');
    const row = budgets.getByRole('row', { name: /tests/ });
    await row.getByText('$2.50 of $2.00').waitFor();
    await row.getByText('spent').waitFor();
    await row.getByText('1 attempt of unknown cost').waitFor();
    const costs = page.getByRole('region', { name: 'Costs' });
    await costs.getByText('Reported usage: $2.50, 3,000 tokens').waitFor();
    await costs.getByLabel('by').selectOption('model');
    await costs.getByRole('row', { name: /^model-free/ }).getByText('unknown').waitFor();
    assert.match(page.url(), /by=model/);
    assert.deepEqual(await violations(page), []);

    const held = await create('model-5');
    await page.goto(`${hub.url}/ui/#/tasks/${held}`);
    await page.getByRole('link', { name: /^budget:tests/ }).click();
    await row.getByRole('button', { name: 'Raise' }).click();
    await dialog.getByLabel('US dollars').fill('10');
    await dialog.getByRole('button', { name: 'Change' }).click();
    await until(async () => (await read(`tasks/${held}`)).state === 'completed', 'the held task runs');
    await row.getByText('$3.75 of $10.00').waitFor();

    await page.getByRole('link', { name: 'Overview' }).click();
    await cost.getByText('$3.75').waitFor();
    const happened = page.getByRole('region', { name: 'What happened' });
    await happened.getByText('is spent: $2.50 of $2.00').waitFor();
    // Somebody who comes later reads it from the log.
    const late = await open(chrome, `${hub.url}/ui/`, { theme: 'dark' });
    await late.getByRole('region', { name: 'What happened' }).getByText('is spent: $2.50 of $2.00').waitFor();
    assert.deepEqual(late.complaints, []);
    await late.context().close();

    await cost.click();
    await row.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await budgets.getByText('No budget.').waitFor();
    assert.deepEqual((await read('budgets')).budgets, []);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await worker.close({ timeout: 500 });
  }
});

test('A task that runs has its prediction, and ended ones stand beside theirs', async () => {
  let release;
  const released = new Promise((done) => (release = done));
  const worker = await startWorker(hub.url, { id: 'oracle' }, (w) => w.handle({ type: 'foresee' }, (task) => (task.spec.title === 'Last' ? released : 'soon')));
  try {
    const page = await open(chrome, `${hub.url}/ui/#/predictions`);
    await live(page);
    await hub.post('tasks', Array.from({ length: 8 }, (_, n) => ({ title: `Foresee ${n}`, type: 'foresee' })));
    const past = page.getByRole('region', { name: 'Predicted and actual' });
    await past.getByRole('img', { name: /durations of the last 3 attempts/ }).waitFor();
    await past.getByText('of 3 attempts took at most').waitFor();
    const [task] = (await hub.post('tasks', [{ title: 'Last', type: 'foresee' }])).tasks;
    const now = page.getByRole('region', { name: 'Running now' });
    await now.getByRole('row', { name: new RegExp(`^${task.id} Last oracle`) }).waitFor();
    assert.deepEqual(await violations(page), []);
    await now.getByRole('link', { name: task.id }).click();
    await page.getByRole('region', { name: 'State' }).getByText('by 8 tasks of this agent').waitFor();
    await page.goBack();
    release('at last');
    await past.getByRole('row', { name: new RegExp(`^${task.id} Last`) }).waitFor();
    await page.getByRole('combobox', { name: 'Of' }).selectOption('writer');
    await past.getByText('None of the last completed tasks had a prediction.').waitFor();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    release();
    await worker.close({ timeout: 500 });
  }
});
