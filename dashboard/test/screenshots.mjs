// Pictures of every view of a demo: node test/screenshots.mjs FOLDER [URL]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { browser, Demo, live, open, until } from './support.mjs';

const [folder = 'screenshots', given] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const demo = given ? null : await Demo.start();
const step = (id, ...before) => ({ id, ...(before.length > 0 && { depends_on: before }), task: { title: id, type: 'release' } });
const Release = {
  id: 'release', description: 'from sources to packages',
  steps: [
    step('checkout'), step('build', 'checkout'), step('lint', 'checkout'), step('list-packages', 'build'),
    { ...step('test', 'list-packages'), map: { over: 'steps.list-packages.output' } }, step('coverage', 'test'),
    { id: 'approve', depends_on: ['coverage', 'lint'], signal: { name: 'approve' } }, step('publish', 'approve'), { id: 'announce', depends_on: ['publish'], timer: { delay_ms: 60_000 } },
  ],
};

/** A run of a workflow that waits for its approval: a worker carries it out up to there. */
async function release(url) {
  const post = async (path, body) => {
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const worker = await startWorker(url, { id: 'releaser', slots: 2 }, (w) => w.handle({ type: 'release' }, (task) => (task.spec.title === 'list-packages' ? ['core', 'server', 'client', 'cli'] : {})));
  await post('workflows', Release);
  const { id } = await post('runs', { workflow: 'release', key: 'version-1' });
  await until(async () => (await (await fetch(`${url}/api/v1/runs/${id}/steps`)).json()).steps.some((s) => s.step === 'approve' && s.state === 'running'), 'the run waits for its approval');
  return { id, worker };
}

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
  const shoot = async (theme, name, hash) => {
    const page = await open(chrome, `${url}/ui/#/${hash}`, { theme, width: 1280, height: 800 });
    await live(page);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
    if (page.complaints.length > 0) console.error(name, page.complaints);
    await page.context().close();
  };
  for (const theme of ['light', 'dark']) for (const [name, hash] of Object.entries(views)) await shoot(theme, name, hash);
  // After the others, so that they show the demo alone.
  const { id, worker } = await release(url);
  for (const theme of ['light', 'dark']) for (const [name, hash] of [['workflows', 'workflows'], ['run', `workflows/${id}?step=test`]]) await shoot(theme, name, hash);
  await worker.close({ timeout: 1000 });
} finally {
  await chrome.close();
  await demo?.dispose();
}
