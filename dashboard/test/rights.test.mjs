import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, Hub, signIn, violations } from './support.mjs';

const All = ['Overview', 'Tasks', 'Agents', 'Swarms', 'Questions', 'Workflows', 'Schedules', 'Errors', 'Alerts', 'Predictions', 'Costs', 'Votes', 'Memory', 'Chat', 'Stream', 'System'];
const OfTasks = ['Tasks', 'Questions', 'Schedules', 'Errors', 'Predictions', 'Costs'];

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start('--auth', 'token')]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

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
  const tokens = await Promise.all(cases.map(([options]) => hub.token('reader', ...options)));
  for (const [i, [options, views]] of cases.entries()) {
    const page = await signIn(chrome, hub, '', tokens[i]);
    assert.deepEqual(await shown(page), All.filter((v) => views.includes(v)), options.join(' '));
    if (!views.includes('Swarms')) assert.equal(await page.getByRole('link', { name: /^Waiting/ }).locator('strong').textContent(), '–', options.join(' '));
    assert.deepEqual(await violations(page), [], options.join(' '));
    assert.deepEqual(failures(page), [], options.join(' '));
    await page.context().close();
  }
  const page = await signIn(chrome, hub, 'votes', tokens[2]);
  await page.getByText('or your token does not permit you to read it').waitFor();
  assert.deepEqual(failures(page), []);
  await page.context().close();
});

test('A token has the acts that it permits', async () => {
  const [admin, ...tokens] = await Promise.all([
    hub.token('admin', '--role', 'admin'), hub.token('ann', '--role', 'observer'), hub.token('bo', '--role', 'operator'), hub.token('reader', '--permission', 'work:votes'),
  ]);
  const send = async (method, path, body) => {
    const answer = await fetch(`${hub.url}/api/v1/${path}`, { method, headers: { Authorization: `Bearer ${admin}` }, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.text());
  };
  await send('PUT', 'budgets/all', { tokens: 1000 });
  await send('POST', 'proposals', { question: 'Ship it?', electorate: [{ user: 'reader' }, { user: 'other' }], deadline_ms: 600_000 });

  const observer = await signIn(chrome, hub, 'costs', tokens[0]);
  const budget = (page) => page.getByRole('region', { name: 'Budgets' }).getByRole('row', { name: /^all/ });
  await budget(observer).getByRole('button', { name: 'Copy as waggle' }).waitFor();
  assert.equal(await observer.getByRole('button', { name: /New budget|Change|Remove/ }).count(), 0);
  await observer.context().close();

  const operator = await signIn(chrome, hub, 'costs', tokens[1]);
  await budget(operator).getByRole('button', { name: 'Change' }).waitFor();
  await operator.getByRole('navigation').getByRole('link', { name: 'Votes' }).click();
  const proposal = operator.getByRole('region', { name: 'Ship it?' });
  await proposal.getByRole('button', { name: 'Withdraw' }).waitFor();
  await operator.context().close();

  // Who may vote need not be who may end the vote.
  const voter = await signIn(chrome, hub, 'votes', tokens[2]);
  const row = voter.getByRole('region', { name: 'Ship it?' }).getByRole('row', { name: /^yes/ });
  await row.getByRole('button', { name: 'Vote' }).click();
  await voter.getByRole('dialog').getByRole('button', { name: 'Vote' }).click();
  await voter.getByText('1 of 2 voted').waitFor();
  assert.equal(await voter.getByRole('button', { name: 'Withdraw' }).count(), 0);
  assert.deepEqual(failures(voter), []);
  await voter.context().close();
});
