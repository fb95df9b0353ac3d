import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, Hub, live, open, violations } from './support.mjs';

const Tasks = 100_000;
const Views = ['overview', 'tasks', 'tasks/t77777', 'agents', 'swarm', 'swarm/default', 'questions', 'workflows', 'schedules', 'errors', 'alerts', 'predictions', 'costs', 'votes', 'memory', 'chat', 'stream', 'system'];

let chrome;
let hub;
before(async () => {
  [chrome, hub] = [await browser(), await Hub.start()];
  for (let i = 0; i < Tasks; i += 1000) await hub.post('tasks', Array.from({ length: 1000 }, (_, n) => ({ title: `Task ${i + n}` })));
}, { timeout: 160_000 });
after(async () => {
  await chrome.close();
  await hub.dispose();
});

test('Each view of a hub with 100,000 tasks opens, is accessible, and has few elements', async () => {
  const page = await open(chrome, `${hub.url}/ui/`);
  await live(page);
  await page.getByRole('link', { name: /^Waiting/ }).getByText('100,000').waitFor();
  for (const view of Views) {
    await page.evaluate((hash) => (location.hash = hash), `#/${view}`);
    await page.waitForFunction((v) => location.hash === `#/${v}` && document.querySelector('main h1'), view);
    await live(page);
    if (view === 'tasks') await page.getByText('Task 99999').waitFor();
    if (view === 'tasks/t77777') await page.getByRole('heading', { name: 'Task 77776' }).waitFor();
    assert.ok((await page.locator('main *').count()) < 3000, view);
    assert.deepEqual(await violations(page), [], view);
    assert.deepEqual(page.complaints, [], view);
  }
  await page.context().close();
});
