// Pictures of every view of a demo: node test/screenshots.mjs FOLDER [URL]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { browser, Demo, open, until } from './support.mjs';

const [folder = 'screenshots', given] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const demo = given ? null : await Demo.start();
const url = given ?? demo.url;
const chrome = await browser();
try {
  if (demo) await until(() => demo.find(/0 lost/), 'the end of the survey', 120_000);
  const get = async (path) => (await fetch(`${url}/api/v1/${path}`)).json();
  const swarm = (await get('swarms')).swarms.at(-1).id;
  const [killed] = (await get('agents')).agents.filter((a) => a.failure);
  const tasks = (await get(`tasks?swarm=${swarm}&limit=1000`)).tasks;
  const taken = tasks.find((t) => t.attempt > 1) ?? tasks[0];
  const space = (await get('memory')).namespaces[0];
  const views = {
    overview: '', tasks: 'tasks', task: `tasks/${taken.id}`, agents: 'agents', agent: `agents/${(killed ?? (await get('agents')).agents[0]).id}`, swarms: 'swarm', swarm: `swarm/${swarm}`,
    questions: 'questions', schedules: 'schedules', chat: 'chat', errors: 'errors', alerts: 'alerts', votes: 'votes', memory: space ? `memory/${space.namespace}?swarm=${space.swarm}&find=complexity` : 'memory', stream: 'stream', system: 'system',
  };
  for (const theme of ['light', 'dark']) {
    for (const [name, hash] of Object.entries(views)) {
      const page = await open(chrome, `${url}/ui/#/${hash}`, { theme, width: 1280, height: 800 });
      await page.getByRole('status').getByText('live').or(page.locator('nav [role=status]', { hasText: 'live' })).first().waitFor();
      await page.waitForTimeout(1500);
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
      if (page.complaints.length > 0) console.error(name, page.complaints);
      await page.context().close();
    }
  }
} finally {
  await chrome.close();
  await demo?.dispose();
}
