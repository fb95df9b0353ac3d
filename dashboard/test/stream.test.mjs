import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connect } from '../../clients/typescript/dist/index.js';
import { browser, Hub, live, open, until } from './support.mjs';

let chrome;
let hub;
let client;
before(async () => {
  [chrome, hub] = [await browser(), await Hub.start()];
  client = await connect(hub.url);
});
after(async () => {
  await client.close();
  await chrome.close();
  await hub.dispose();
});

/** Publishes records with numbers, some at a time: what the hub has not taken is not followed by more. */
async function publish(topic, from, to, more = () => ({})) {
  for (let n = from; n < to; n += 500) await Promise.all(Array.from({ length: Math.min(500, to - n) }, (_, i) => client.publish(topic, { message: `n${n + i}.`, ...more() })));
}

const rows = (page) => page.getByRole('table', { name: 'Records' });
const shown = async (page) => Number(await rows(page).getAttribute('aria-rowcount')) - 1;

async function follow(topic) {
  const page = await open(chrome, `${hub.url}/ui/#/stream?topics=${topic}`);
  await live(page);
  await page.getByText('Records appear here as they happen.').waitFor();
  return page;
}

test('The stream keeps the newest 5,000 records and says how many it let go; a paused one stands still and misses nothing', async () => {
  const page = await follow('app.many.%23');
  await publish('app.many.a', 0, 5_600);
  await page.getByText('5,000 records, 600 older ones not kept').waitFor();
  await rows(page).getByText('n5599.').waitFor();
  assert.equal(await shown(page), 5_000);
  assert.ok((await rows(page).getByRole('row').count()) < 120);

  await page.getByRole('button', { name: 'Pause' }).click();
  await publish('app.many.a', 5_600, 6_300);
  await page.getByRole('button', { name: 'Continue (700)' }).waitFor();
  assert.equal(await rows(page).getByText('n5599.').count(), 1);
  assert.equal(await rows(page).getByText('n6299.').count(), 0);
  await page.getByRole('button', { name: 'Continue (700)' }).click();
  await page.getByText('5,000 records, 1,300 older ones not kept').waitFor();
  await rows(page).getByText('n6299.').waitFor();

  // What is in the page are the newest ones, each once.
  await rows(page).evaluate((t) => (t.scrollTop = 0));
  await rows(page).getByText('n1300.').waitFor();
  assert.equal(await rows(page).getByText('n1299.').count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('Records with much text leave sooner', async () => {
  const page = await follow('app.long.%23');
  await publish('app.long.a', 0, 60, () => ({ text: 'x'.repeat(250_000) }));
  await page.getByText(/^3[01] records, (29|30) older ones not kept$/).waitFor();
  await page.context().close();
});

test('A page that does not read says how many records the hub dropped meanwhile', async () => {
  const page = await follow('app.fast.%23');
  // The page stands still until the hub's ring for it is full.
  const debug = await page.context().newCDPSession(page);
  await debug.send('Debugger.enable');
  const paused = new Promise((done) => debug.once('Debugger.paused', done));
  await debug.send('Debugger.pause');
  await paused;
  // Text that does not compress, more than the buffers of the sockets and of the browser take.
  await publish('app.fast.a', 0, 4_000, () => ({ text: randomBytes(9_000).toString('base64') }));
  await debug.send('Debugger.resume');
  await debug.send('Debugger.disable');
  const missed = page.locator('main [role=status]', { hasText: /^missed / });
  await missed.waitFor();
  await rows(page).getByText('n3999.').waitFor();
  await until(async () => {
    const [, kept, gone = '0'] = /^([\d,]+) records(?:, ([\d,]+) older)?/.exec(await page.locator('main [role=status]').first().textContent());
    const [, lost] = /([\d,]+)$/.exec(await missed.textContent());
    return [kept, gone, lost].reduce((sum, n) => sum + Number(n.replaceAll(',', '')), 0) === 4_000;
  }, 'kept, let go and missed together are all');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
