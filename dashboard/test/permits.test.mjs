import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { browser, Hub, live, open, Program } from './support.mjs';

const run = promisify(execFile);

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start('--auth', 'token')]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

const tokenOf = async (subject, ...options) => (await run('dotnet', [Program, 'token', 'create', '--subject', subject, ...options, '--data', join(hub.folder, 'data')])).stdout.trim();

async function signIn(view, token) {
  const page = await open(chrome, `${hub.url}/ui/#/${view}`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await live(page);
  return page;
}

test('A token has the acts that it permits', async () => {
  const [admin, ...tokens] = await Promise.all([
    tokenOf('admin', '--role', 'admin'), tokenOf('ann', '--role', 'observer'), tokenOf('bo', '--role', 'operator'), tokenOf('reader', '--permission', 'work:votes'),
  ]);
  const send = async (method, path, body) => {
    const answer = await fetch(`${hub.url}/api/v1/${path}`, { method, headers: { Authorization: `Bearer ${admin}` }, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.text());
  };
  await send('PUT', 'budgets/all', { tokens: 1000 });
  await send('POST', 'proposals', { question: 'Ship it?', electorate: [{ user: 'reader' }, { user: 'other' }], deadline_ms: 600_000 });

  const observer = await signIn('costs', tokens[0]);
  const budget = (page) => page.getByRole('region', { name: 'Budgets' }).getByRole('row', { name: /^all/ });
  await budget(observer).getByRole('button', { name: 'Copy as waggle' }).waitFor();
  assert.equal(await observer.getByRole('button', { name: /New budget|Change|Remove/ }).count(), 0);
  await observer.context().close();

  const operator = await signIn('costs', tokens[1]);
  await budget(operator).getByRole('button', { name: 'Change' }).waitFor();
  await operator.getByRole('navigation').getByRole('link', { name: 'Votes' }).click();
  const proposal = operator.getByRole('region', { name: 'Ship it?' });
  await proposal.getByRole('button', { name: 'Withdraw' }).waitFor();
  await operator.context().close();

  // Who may vote need not be who may end the vote.
  const voter = await signIn('votes', tokens[2]);
  const row = voter.getByRole('region', { name: 'Ship it?' }).getByRole('row', { name: /^yes/ });
  await row.getByRole('button', { name: 'Vote' }).click();
  await voter.getByRole('dialog').getByRole('button', { name: 'Vote' }).click();
  await voter.getByText('1 of 2 voted').waitFor();
  assert.equal(await voter.getByRole('button', { name: 'Withdraw' }).count(), 0);
  // A question to the hub that it refuses is no failure of the page.
  assert.deepEqual(voter.complaints.filter((c) => !c.startsWith('403 ')), []);
  await voter.context().close();
});
