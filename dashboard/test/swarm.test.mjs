import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Hub, live, open, violations } from './support.mjs';

const Secret = 'a secret of all of them';

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start()]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

test('Messages and votes of the agents are drawn on the topology while one looks, and for one who comes later', async () => {
  await hub.post('swarms', { id: 'crew', name: 'Crew', topology: { kind: 'star', leads: ['ann'] } });
  let vote;
  const voted = new Promise((done) => (vote = done));
  const workers = [];
  for (const id of ['ann', 'ben', 'cleo']) {
    workers.push(await startWorker(hub.url, {
      id, secret: Secret, swarm: 'crew', onMessage: () => {}, onVote: async () => ({ choices: [await (id === 'cleo' ? voted : id === 'ann' ? 'red' : 'green')] }),
    }, (w) => w.otherwise(() => 'done')));
  }
  try {
    const page = await open(chrome, `${hub.url}/ui/#/swarm/crew`);
    await live(page);
    const topology = page.getByRole('region', { name: 'Topology' });
    const agent = (name, on = topology) => on.getByRole('link', { name });
    await agent(/^ann, lead, online/).waitFor();
    assert.equal(await topology.locator('line.link').count(), 2);
    await hub.post('agents/ben/messages', { from_agent: 'ann', secret: Secret, content: { look: 'page 7' } });
    await hub.post('agents/ann/messages', { from_agent: 'ben', secret: Secret, content: 'seen' });
    await hub.post('agents/ann/messages', { from_agent: 'ben', secret: Secret, content: 'done' });
    await topology.locator('line.message title', { hasText: 'ann to ben: 1 of' }).waitFor({ state: 'attached' });
    await topology.locator('line.message title', { hasText: 'ben to ann: 2 of' }).waitFor({ state: 'attached' });
    const messages = page.getByRole('region', { name: 'Messages to agents' });
    await messages.getByRole('row', { name: /^ann ben handled/ }).waitFor();

    const { id } = await hub.post('proposals', { question: 'Which colour?', options: ['red', 'green'], swarm: 'crew', hidden: false, deadline_ms: 600_000 });
    await agent(/^ann, .*voted red/).waitFor();
    await agent(/^ben, .*voted green/).waitFor();
    await agent(/^cleo, .*has not voted/).waitFor();
    await topology.getByText('2 of 3 electors voted').waitFor();
    assert.deepEqual(await violations(page), []);
    vote('green');
    await agent(/^cleo, .*voted green/).waitFor();
    await topology.getByText('accepted').waitFor();

    const late = await open(chrome, `${hub.url}/ui/#/swarm/crew`, { theme: 'dark' });
    await live(late);
    const there = late.getByRole('region', { name: 'Topology' });
    await agent(/^cleo, .*voted green/, there).waitFor();
    await there.locator('line.message title', { hasText: 'ben to ann: 2 of' }).waitFor({ state: 'attached' });
    assert.deepEqual(await violations(late), []);
    await there.getByRole('link', { name: 'Which colour?' }).click();
    await late.getByRole('region', { name: 'Which colour?' }).getByRole('link', { name: 'cleo' }).waitFor();
    assert.match(late.url(), new RegExp(id));
    assert.deepEqual([...page.complaints, ...late.complaints], []);
    await page.context().close();
    await late.context().close();
  } finally {
    vote('green');
    for (const worker of workers) await worker.close({ timeout: 500 });
  }
});
