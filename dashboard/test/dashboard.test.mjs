import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Demo, end, Hub, live, open, Program, until, violations } from './support.mjs';

const Views = ['overview', 'tasks', 'agents', 'swarm', 'swarm/default', 'questions', 'workflows', 'schedules', 'errors', 'alerts', 'predictions', 'costs', 'votes', 'memory', 'chat', 'stream', 'system'];

let chrome;
before(async () => (chrome = await browser()));
after(() => chrome.close());

/** Shows a view and returns when it has its heading. */
async function show(page, view) {
  await page.evaluate((hash) => (location.hash = hash), `#/${view}`);
  await page.waitForFunction((v) => location.hash === `#/${v}` && document.querySelector('main h1'), view);
  await live(page);
}

async function checkViews(page, views) {
  for (const view of views) {
    await show(page, view);
    assert.deepEqual(await violations(page), [], `${view}: accessible`);
    assert.deepEqual(page.complaints, [], `${view}: the browser complains of nothing`);
  }
}

test('Each view of an empty hub opens in both themes, is accessible, and the first one says how to start a worker', async () => {
  const hub = await Hub.start();
  try {
    for (const theme of ['light', 'dark']) {
      // The address of the hub leads here.
      const page = await open(chrome, hub.url, { theme });
      await live(page);
      assert.match(page.url(), /\/ui\/(#.*)?$/);
      await page.getByRole('region', { name: 'Start the first worker' }).getByText(`waggle worker --url ${hub.url}`).waitFor();
      await checkViews(page, Views);
      await page.context().close();
    }
  } finally {
    await hub.dispose();
  }
});

test('Each view of a demo shows the killed worker, who took over, the vote, and memory by its words', async () => {
  const demo = await Demo.start();
  try {
    const page = await open(chrome, `${demo.url}/ui/`);
    await live(page);
    await until(() => demo.find(/0 lost, 0 twice/), 'the end of the survey', 300_000);
    const killed = /Killed (\S+) /.exec(demo.find(/Killed /) ?? '')?.[1];
    const taken = /(t\d+) .*taken over by (\S+),/.exec(demo.find(/taken over/) ?? '');
    assert.ok(killed && taken, `the demo killed a worker: ${demo.lines.join('\n')}`);
    const happened = page.getByRole('region', { name: 'What happened' });
    await happened.getByText(`${killed} failed`).waitFor();
    await happened.locator('li', { hasText: `${taken[2]} took over ${taken[1]}` }).waitFor();

    // Somebody who comes later reads the same, from the log.
    const late = await open(chrome, `${demo.url}/ui/`, { theme: 'dark' });
    await late.getByRole('region', { name: 'What happened' }).locator('li', { hasText: `${taken[2]} took over ${taken[1]}` }).waitFor();

    const get = async (path) => (await fetch(`${demo.url}/api/v1/${path}`)).json();
    const swarm = (await get('swarms')).swarms.at(-1).id;
    const space = (await get('memory')).namespaces[0];
    await show(late, `tasks/${taken[1]}`);
    const attempts = late.getByRole('region', { name: 'Attempts' });
    await attempts.getByText(killed).waitFor();
    await attempts.getByText(taken[2].replace(/,$/, '')).waitFor();
    await show(late, 'votes');
    await late.getByText('✓ decided').waitFor();
    await checkViews(late, [...Views, `tasks/${taken[1]}`, `swarm/${swarm}`, `agents/${(await get('agents')).agents[0].id}`]);
    await show(late, `memory/${encodeURIComponent(space.namespace)}?swarm=${swarm}`);
    await late.getByRole('searchbox').fill('complexity');
    await late.getByRole('button', { name: 'Search' }).click();
    await late.getByRole('region', { name: 'Found' }).getByRole('link').first().click();
    await late.getByRole('region', { name: 'Entry', exact: true }).waitFor();
    assert.deepEqual(await violations(late), []);
    assert.deepEqual([...page.complaints, ...late.complaints], []);
    await page.context().close();
    await late.context().close();
  } finally {
    await demo.dispose();
  }
});

test('A worker is killed while one looks: the attempt is lost, and another agent takes the task over', async () => {
  const hub = await Hub.start();
  const worker = (name, command) => spawn('dotnet', [Program, 'worker', '--url', hub.url, '--name', name, '--exec', command], { stdio: 'ignore', detached: true });
  const victim = worker('victim', 'exec sleep 300');
  let rescuer;
  try {
    const [task] = (await hub.post('tasks', [{ title: 'Long work', lease_ms: 1500 }])).tasks;
    const page = await open(chrome, `${hub.url}/ui/#/tasks/${task.id}`);
    await page.getByRole('region', { name: 'State' }).getByText('running').waitFor();
    process.kill(-victim.pid, 'SIGKILL');
    rescuer = worker('rescuer', 'printf "\\033[31mred\\033[0m line" >&2; echo "{\\"done\\": true}"');
    const attempts = page.getByRole('region', { name: 'Attempts' });
    await attempts.locator('li', { hasText: 'victim' }).getByText('lost', { exact: false }).first().waitFor();
    await attempts.locator('li', { hasText: 'rescuer' }).getByText('completed').waitFor();
    // The hub still waits for the victim to come back; the page does not call it online.
    const agents = await open(chrome, `${hub.url}/ui/#/agents`);
    await agents.getByRole('row', { name: /^victim Its worker sent nothing/ }).locator('.state', { hasText: /lost|offline/ }).waitFor();
    await agents.getByRole('row', { name: /^rescuer/ }).getByText('online').waitFor();
    await agents.context().close();
    await page.getByRole('region', { name: 'Result' }).getByText('"done": true').waitFor();
    await page.getByRole('region', { name: 'Log' }).locator('.ansi-red', { hasText: 'red' }).waitFor();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await end(victim, 'SIGKILL');
    if (rescuer) await end(rescuer, 'SIGTERM');
    await hub.dispose();
  }
});

test('The hub is killed and comes back while one looks: the page catches up, and nothing is doubled', async () => {
  const hub = await Hub.start();
  try {
    const create = (from, n) => hub.post('tasks', Array.from({ length: n }, (_, i) => ({ title: `Task number ${from + i}` })));
    await create(1, 5);
    const page = await open(chrome, `${hub.url}/ui/#/tasks`);
    await page.getByText('Task number 5').waitFor();
    await create(6, 5);
    await page.getByText('Task number 10', { exact: true }).waitFor();
    await hub.kill();
    await page.locator('nav [role=status]', { hasText: 'no connection' }).waitFor();
    await hub.restart();
    await create(11, 5);
    await page.getByText('Task number 15').waitFor();
    await live(page);
    const ids = await page.getByRole('table', { name: 'Tasks' }).getByRole('link', { name: /^t\d+$/ }).allTextContents();
    assert.equal(ids.length, 15);
    assert.equal(new Set(ids).size, 15);
    await show(page, 'overview');
    assert.equal(await page.getByRole('link', { name: /^Waiting/ }).locator('strong').textContent(), '15');
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await hub.dispose();
  }
});

test('A worker asks while one looks: the page shows the question, and the answer lets the task go on', async () => {
  const hub = await Hub.start();
  const worker = await startWorker(hub.url, { id: 'asker' }, (w) => w.otherwise((task) => task.ask({ text: 'Release it?', choices: ['yes', 'no'], key: 'release' })));
  try {
    const page = await open(chrome, `${hub.url}/ui/#/questions`);
    await page.getByText('No task waits for an answer.').waitFor();
    const [task] = (await hub.post('tasks', [{ title: 'Release' }])).tasks;
    await page.getByText('Release it?').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'yes' }).click();
    await page.getByRole('region', { name: 'Closed questions' }).getByText('answered').waitFor();
    await show(page, `tasks/${task.id}`);
    await page.getByRole('region', { name: 'Result' }).getByText('"yes"').waitFor();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await worker.close({ timeout: 500 });
    await hub.dispose();
  }
});

test('Names, inputs and errors are text: markup in them stays markup', async () => {
  const hub = await Hub.start();
  try {
    const evil = '<img src=x onerror="window.hacked=1"><b>bold</b>';
    const [task] = (await hub.post('tasks', [{ title: evil, input: { html: evil } }])).tasks;
    await hub.post('swarms', { id: 'evil', name: evil });
    const page = await open(chrome, `${hub.url}/ui/`);
    await live(page);
    for (const view of ['overview', 'tasks', `tasks/${task.id}`, 'swarm', 'swarm/evil', 'stream']) {
      await show(page, view);
      await page.waitForFunction((v) => v === 'stream' || document.querySelector('main').textContent.includes('<img'), view);
      assert.equal(await page.locator('main img, main b').count(), 0, view);
    }
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await hub.dispose();
  }
});

test('With the keyboard alone one creates a task, finds it, opens it and cancels it', async () => {
  const hub = await Hub.start();
  try {
    const page = await open(chrome, `${hub.url}/ui/`);
    await live(page);
    const { keyboard } = page;
    await keyboard.press('Control+k');
    await keyboard.type('tasks');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await page.getByRole('button', { name: 'New task' }).focus();
    await keyboard.press('Enter');
    await keyboard.type('By keyboard');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'By keyboard' }).waitFor();
    await keyboard.press('g');
    await keyboard.press('t');
    await page.getByText('By keyboard').waitFor();
    await keyboard.press('/');
    await keyboard.type('state:pending keyboard');
    assert.match(page.url(), /q=state%3Apending\+keyboard/);
    await page.getByRole('status').getByText('1 task', { exact: true }).waitFor();
    await page.locator('main h1').first().click();
    await keyboard.press('j');
    await keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.getByRole('button', { name: 'Cancel selected' }).focus();
    await keyboard.press('Enter');
    await page.getByText('Cancel 1 task?').waitFor();
    await page.getByRole('button', { name: 'Cancel 1', exact: true }).focus();
    await keyboard.press('Enter');
    await page.getByText('No task matches.').waitFor();
    await page.goBack();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  } finally {
    await hub.dispose();
  }
});

test('A hub with tokens asks for one, and shows what it permits', async () => {
  const hub = await Hub.start('--auth', 'token');
  try {
    const page = await open(chrome, `${hub.url}/ui/#/tasks`);
    const signIn = async (text) => {
      await page.getByLabel('Token').fill(text);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await signIn('nonsense');
    await page.getByRole('alert').waitFor();
    await signIn(await hub.token('observer', '--role', 'observer'));
    await page.getByText('There is no task yet.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'New task' }).count(), 0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(await hub.token('operator', '--role', 'operator'));
    await page.getByRole('button', { name: 'New task' }).waitFor();
    await page.context().close();
  } finally {
    await hub.dispose();
  }
});

test('A table has no more rows than its pages while tasks arrive, and the end of the table reads on', async () => {
  const hub = await Hub.start();
  try {
    const page = await open(chrome, `${hub.url}/ui/#/tasks`);
    await page.getByText('There is no task yet.').waitFor();
    await hub.post('tasks', Array.from({ length: 700 }, (_, n) => ({ title: `Many ${n}` })));
    await page.getByText('500 tasks loaded, more below').waitFor();
    await until(async () => {
      await page.getByRole('table', { name: 'Tasks' }).evaluate((t) => (t.scrollTop = t.scrollHeight));
      return (await page.getByText('Many 0', { exact: true }).count()) === 1;
    }, 'the last row');
    await page.getByText('700 tasks', { exact: true }).waitFor();
    await page.context().close();
  } finally {
    await hub.dispose();
  }
});

test('A table of many tasks has few rows in the page, reaches the last one, and acts on all after it has counted them', async () => {
  const hub = await Hub.start();
  try {
    for (let i = 0; i < 3; i++) await hub.post('tasks', Array.from({ length: 1000 }, (_, n) => ({ title: `Many ${i * 1000 + n}` })));
    const page = await open(chrome, `${hub.url}/ui/#/tasks`);
    await page.getByText('Many 2999').waitFor();
    const table = page.getByRole('table', { name: 'Tasks' });
    assert.ok((await table.getByRole('row').count()) < 100);
    await until(async () => {
      await table.evaluate((t) => (t.scrollTop = t.scrollHeight));
      return (await page.getByText('Many 0', { exact: true }).count()) === 1;
    }, 'the last row');
    await page.getByRole('searchbox').fill('many 299');
    await page.getByText('Many 299', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel all that match' }).click();
    const dialog = page.getByRole('dialog');
    const asked = Number(/Cancel (\S+) tasks\?/.exec(await dialog.getByRole('heading').textContent())[1].replace(',', ''));
    await dialog.getByRole('button', { name: /^Cancel \d+/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    const { tasks } = await (await fetch(`${hub.url}/api/v1/tasks?state=cancelled&limit=1000`)).json();
    assert.equal(tasks.length, asked);
    assert.ok(tasks.every((t) => `${t.id} ${t.spec.title}`.includes('299')));
    await page.context().close();
  } finally {
    await hub.dispose();
  }
});
