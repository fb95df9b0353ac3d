import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Hub, open, until, violations } from './support.mjs';

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start()]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

test('Errors that differ in particulars are one, and all of its tasks are retried at once', async () => {
  let isBroken = true;
  const worker = await startWorker(hub.url, { id: 'builder' }, (w) => w.otherwise((task) => {
    if (isBroken) throw new Error(`The disk of '${task.spec.title}' is full.`);
    return 'done';
  }));
  try {
    const titles = ['web-1', 'web-22', 'db-3'];
    await hub.post('tasks', titles.map((title) => ({ title, type: 'build', max_attempts: 1 })));
    const page = await open(chrome, `${hub.url}/ui/#/errors`);
    const row = page.getByRole('row', { name: /The disk of/ });
    await row.getByRole('button', { name: '3 tasks with this error' }).click();
    for (const title of titles) await page.getByRole('row', { name: new RegExp(`${title} failed`) }).waitFor();
    assert.deepEqual(await violations(page), []);

    isBroken = false;
    await row.getByRole('button', { name: 'Retry all' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Retry 3 tasks?').waitFor();
    await dialog.getByRole('button', { name: 'Retry 3' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const completed = async () => (await (await fetch(`${hub.url}/api/v1/tasks?state=completed`)).json()).tasks;
    await until(async () => (await completed()).length === 3, 'the three retries are completed');
    assert.deepEqual((await completed()).map((task) => task.spec.title).sort(), [...titles].sort());
  } finally {
    await worker.close({ timeout: 500 });
  }
});
