import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Hub, live, open, until } from './support.mjs';

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start()]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

/** Hides the tab of a page, or shows it again: a browser without a window has no tab that somebody could leave. */
const hide = (page, isHidden) => page.evaluate((hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, isHidden);

/** Counts what changes in the elements of the page. */
const watch = (page) => page.evaluate(() => {
  window.changes = 0;
  new MutationObserver((list) => (window.changes += list.length)).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
});

/** Returns when what was begun before the page was hidden is drawn, and begins to count again. */
const stillness = (page) => until(() => page.evaluate(async () => {
  const before = window.changes;
  await new Promise((wake) => setTimeout(wake, 500));
  const isStill = window.changes === before;
  window.changes = 0;
  return isStill;
}), 'nothing is drawn any more');

test('A tab that nobody sees draws nothing, and shows what happened when somebody comes back', async () => {
  let release;
  const released = new Promise((done) => (release = done));
  const worker = await startWorker(hub.url, { id: 'speaker' }, (w) => w.handle({ type: 'speak' }, async (task) => {
    await released;
    task.log('a line that nobody saw');
    return 'spoken';
  }));
  try {
    const [task] = (await hub.post('tasks', [{ title: 'Speak', type: 'speak' }])).tasks;
    // Each view with what it shows when it has loaded everything.
    const shown = {
      overview: 'no usage was reported', tasks: 'Speak', [`tasks/${task.id}`]: 'No line yet.', 'swarm/default': '1 agent present', agents: 'speaker', stream: 'task_started', predictions: 'No running task has a prediction.',
    };
    const views = Object.keys(shown);
    const pages = [];
    for (const view of views) {
      const page = await open(chrome, `${hub.url}/ui/#/${view}`);
      await live(page);
      await page.locator('main').getByText(shown[view]).first().waitFor();
      pages.push(page);
      await hide(page, true);
      await watch(page);
      await stillness(page);
    }
    release();
    for (let i = 0; i < 6; i++) await hub.post('tasks', Array.from({ length: 1000 }, (_, n) => ({ title: `Unseen ${i * 1000 + n}` })));
    // Each page has them all: its connection is read although nothing is drawn.
    const busy = async () => (await (await fetch(`${hub.url}/api/v1/connections`)).json()).connections.filter((c) => c.software?.includes('waggle-dashboard') && c.subscriptions > 0);
    await until(async () => (await busy()).length >= views.length && (await busy()).every((c) => (c.queued ?? 0) === 0), 'the pages have read all records');
    for (const [i, page] of pages.entries()) assert.equal(await page.evaluate(() => window.changes), 0, views[i]);

    for (const page of pages) await hide(page, false);
    const [overview, tasks, one, , , stream] = pages;
    await overview.getByRole('link', { name: /^Waiting/ }).getByText('6,000').waitFor();
    await tasks.getByText('Unseen 5999', { exact: true }).waitFor();
    await one.getByRole('region', { name: 'Result' }).getByText('spoken').waitFor();
    await one.getByRole('region', { name: 'Log' }).getByText('a line that nobody saw').waitFor();
    await stream.getByText(/5,000 records, .* not kept/).waitFor();
    for (const page of pages) {
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    }
  } finally {
    release();
    await worker.close({ timeout: 500 });
  }
});
