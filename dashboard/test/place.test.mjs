import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, Hub, live, open } from './support.mjs';

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start()]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

test('The address has the view, the filter and the task: back returns to each, and another browser opens the same', async () => {
  const { tasks: [task] } = await hub.post('tasks', [{ title: 'Findable' }, { title: 'Other' }]);
  const page = await open(chrome, `${hub.url}/ui/`);
  await page.getByRole('link', { name: /^Waiting/ }).click();
  await page.getByText('Other', { exact: true }).waitFor();
  await page.getByLabel('Filter of tasks').fill('state:pending findable');
  await page.getByText('Other', { exact: true }).waitFor({ state: 'detached' });
  const filtered = page.url();
  await page.getByRole('link', { name: task.id }).click();
  await page.getByRole('heading', { name: 'Findable' }).waitFor();
  await page.goBack();
  await page.getByText('Findable', { exact: true }).waitFor();
  assert.equal(page.url(), filtered);
  assert.equal(await page.getByLabel('Filter of tasks').inputValue(), 'state:pending findable');
  assert.equal(await page.getByText('Other', { exact: true }).count(), 0);
  await page.goBack();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();

  const other = await open(chrome, filtered);
  await other.getByText('Findable', { exact: true }).waitFor();
  assert.equal(await other.getByText('Other', { exact: true }).count(), 0);
  for (const p of [page, other]) await p.context().close();
});

test('The theme and the zone of times are chosen in one switch each, and stay for the next visit', async () => {
  const { tasks: [task] } = await hub.post('tasks', [{ title: 'Timed' }]);
  const page = await open(chrome, `${hub.url}/ui/#/tasks/${task.id}`, { theme: 'light', timezone: 'Asia/Kolkata' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const created = page.getByRole('region', { name: 'State' }).locator('dt:text-is("Created") + dd');
  const at = new Date((await (await fetch(`${hub.url}/api/v1/tasks/${task.id}`)).json()).created_at);
  const utc = at.toISOString().slice(0, 19).replace('T', ' ');
  const local = new Date(at.getTime() + 5.5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const light = await background();
  assert.match(await created.textContent(), new RegExp(`^${local}\\.\\d{3} \\+05:30`));
  assert.match(await created.locator('time').textContent(), /now|ago/);
  assert.match(await created.locator('time').getAttribute('title'), new RegExp(`^${local}`));

  await page.getByLabel('Times').selectOption('utc');
  await created.getByText(`${utc}`, { exact: false }).waitFor();
  await page.getByLabel('Theme').selectOption('dark');
  const dark = await background();
  assert.notEqual(dark, light);
  await page.reload();
  await created.getByText(' UTC', { exact: false }).waitFor();
  assert.equal(await background(), dark);
  await page.getByLabel('Theme').selectOption('system');
  assert.equal(await background(), light);
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.equal(await background(), dark);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('The palette finds views, agents, swarms and tasks by their names and words', async () => {
  await hub.post('swarms', { id: 'night', name: 'Night shift' });
  const { tasks: [task] } = await hub.post('tasks', [{ title: 'Needle' }, { title: 'Hay' }]);
  const page = await open(chrome, `${hub.url}/ui/`);
  await live(page);
  const { keyboard } = page;
  const find = async (key, text, heading) => {
    await keyboard.press(key);
    await page.getByRole('combobox', { name: /^Find/ }).waitFor();
    await keyboard.type(text);
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: heading }).waitFor();
  };
  await find('Control+k', 'mem', 'Memory');
  await find('Meta+k', 'night sh', 'Night shift');
  await find('?', task.id, 'Needle');
  await find('Control+k', 'needle', 'Tasks');
  await page.getByText('Needle', { exact: true }).waitFor();
  await page.getByText('Hay', { exact: true }).waitFor({ state: 'detached' });
  await keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Find' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Find' }).waitFor({ state: 'hidden' });
  await page.context().close();
});
