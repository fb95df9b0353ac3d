import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Hub, live, open, violations } from './support.mjs';

const Report = {
  id: 'report', description: 'fetch, clean, publish',
  steps: [
    { id: 'fetch', task: { title: 'Fetch', type: 'fetch' } },
    { id: 'clean', depends_on: ['fetch'], map: { over: 'steps.fetch.output.files' }, task: { title: 'Clean', type: 'clean', input: { $: 'item' } } },
    { id: 'approve', depends_on: ['clean'], signal: { name: 'approve' } },
    { id: 'publish', depends_on: ['approve'], task: { title: 'Publish', type: 'publish', max_attempts: 1 } },
  ],
  output: { url: { $: 'steps.publish.output.url' } },
};

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start()]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

test('A run is drawn as it happens: its steps, the items of a map, a signal from the page, a failure, a retry, the output', async () => {
  await hub.post('workflows', Report);
  let refuses = true;
  let clean;
  const cleaning = new Promise((done) => (clean = done));
  const worker = await startWorker(hub.url, { id: 'crew', slots: 4 }, (w) => w.otherwise(async (task) => {
    if (task.spec.type === 'fetch') return { files: ['a', 'b', 'c'] };
    if (task.spec.type === 'clean') return task.input === 'c' ? cleaning : 'clean';
    if (refuses) throw new Error('The printer is away.');
    return { url: 'https://example.org/1' };
  }));
  try {
    const page = await open(chrome, `${hub.url}/ui/#/workflows`);
    const runs = page.getByRole('region', { name: 'Runs' });
    await page.getByRole('region', { name: 'Definitions' }).getByRole('link', { name: 'report' }).click();
    await page.getByRole('region', { name: 'Definition' }).getByRole('link', { name: /^Step approve, signal/ }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Input (JSON)').fill('{"day": 1');
    await dialog.getByRole('button', { name: 'Run' }).click();
    await dialog.getByRole('alert').getByText('This is no JSON').waitFor();
    await dialog.getByLabel('Input (JSON)').fill('{"day": 1}');
    await dialog.getByLabel('Key').fill('monday');
    await dialog.getByRole('button', { name: 'Run' }).click();

    const graph = page.getByRole('region', { name: 'Graph' });
    const node = (name) => graph.getByRole('link', { name });
    await node('Step fetch, task, completed').waitFor();
    await node('Step clean, task, running 2 of 3').waitFor();
    await node('Step publish, task, waiting').waitFor();
    assert.equal(await graph.locator('path.edge').count(), 3);
    assert.equal(await graph.locator('path.edge.done').count(), 1);
    clean('clean');
    await node('Step clean, task, completed 3 of 3').waitFor();

    // The keyboard reaches a step in the graph, and its task.
    await node('Step fetch, task, completed').focus();
    await page.keyboard.press('Enter');
    const step = page.getByRole('region', { name: 'Step fetch' });
    const task = await step.getByRole('link', { name: /^t\d+$/ }).textContent();
    assert.deepEqual(await violations(page), []);
    await step.getByRole('link', { name: task }).click();
    await page.getByRole('heading', { name: `${task} Fetch` }).waitFor();
    await page.goBack();

    await node('Step approve, signal, running').click();
    await page.getByRole('button', { name: 'Send signal' }).click();
    await dialog.getByLabel('Payload (JSON)').fill('{"yes": true}');
    assert.deepEqual(await violations(page), []);
    await dialog.getByRole('button', { name: 'Send' }).click();
    await node('Step approve, signal, completed').waitFor();
    await page.getByRole('region', { name: 'State' }).getByText('The printer is away.').waitFor();
    await node('Step publish, task, failed').waitFor();

    refuses = false;
    await page.getByRole('button', { name: 'Retry' }).click();
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await node('Step publish, task, completed').waitFor();
    await page.getByRole('region', { name: 'Output' }).getByText('https://example.org/1').waitFor();
    await page.getByRole('region', { name: 'State' }).getByText('1 retry').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Retry' }).count(), 0);
    assert.deepEqual(await violations(page), []);

    await page.getByRole('link', { name: 'Workflows', exact: true }).first().click();
    await runs.getByText('monday').waitFor();
    await runs.getByRole('combobox').selectOption('failed');
    await runs.getByText('No run.').waitFor();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await worker.close({ timeout: 500 });
  }
});

test('With the keyboard alone one goes to the workflows, opens a run and cancels it', async () => {
  await hub.post('workflows', { id: 'wait', steps: [{ id: 'go', signal: { name: 'go' } }] });
  const page = await open(chrome, `${hub.url}/ui/`, { theme: 'dark' });
  await live(page);
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.getByRole('heading', { name: 'Workflows' }).waitFor();
  const started = await hub.post('runs', { workflow: 'wait' });
  await page.getByRole('link', { name: started.id }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Step go, signal, running' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Cancel', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Step go, signal, cancelled' }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('A run of many steps has a table of few rows instead of a graph', async () => {
  await hub.post('workflows', { id: 'wide', steps: Array.from({ length: 1500 }, (_, n) => ({ id: `s${n}`, signal: { name: `n${n}` } })) });
  const started = await hub.post('runs', { workflow: 'wide' });
  const page = await open(chrome, `${hub.url}/ui/#/workflows/${started.id}`);
  await page.getByText('1,500 steps, too many to draw.').waitFor();
  const table = page.getByRole('table', { name: 'Steps' });
  assert.equal(await table.getAttribute('aria-rowcount'), '1501');
  assert.ok((await table.getByRole('row').count()) < 60);
  await page.context().close();
});
