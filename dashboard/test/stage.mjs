// The work that the pictures show: a hub with tasks that read this repository, a release that waits for people, failures, costs, a schedule.
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { startWorker } from '../../clients/typescript/dist/worker.js';
import { Hub, Root, until } from './support.mjs';

const step = (id, ...before) => ({ id, ...(before.length > 0 && { depends_on: before }), task: { title: id, type: 'release' } });
const Release = {
  id: 'release', description: 'from sources to packages',
  steps: [
    step('checkout'), step('build', 'checkout'), step('lint', 'checkout'), step('list-packages', 'build'),
    { ...step('test', 'list-packages'), map: { over: 'steps.list-packages.output' } }, step('coverage', 'test'),
    { id: 'approve', depends_on: ['coverage', 'lint'], signal: { name: 'approve' } }, step('publish', 'approve'), { id: 'announce', depends_on: ['publish'], timer: { delay_ms: 60_000 } },
  ],
};

/** The lines of all files below a folder. */
async function countLines(folder) {
  let [files, lines, bytes] = [0, 0, 0];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.includes('node_modules')) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    [files, lines, bytes] = [files + 1, lines + text.split('\n').length, bytes + text.length];
  }
  return { files, lines, bytes };
}

/** Starts the hub and its workers. `close` ends them. */
export async function stage() {
  const hub = await Hub.start('--insight-interval', '1s', '--alert', 'host_memory=1/0.5/0s');
  let release;
  const released = new Promise((done) => (release = done));
  const read = async (path) => (await fetch(`${hub.url}/api/v1/${path}`)).json();
  const put = (path, body) => fetch(`${hub.url}/api/v1/${path}`, { method: 'PUT', body: JSON.stringify(body) });
  const workers = await Promise.all([
    startWorker(hub.url, { id: 'reader-1', slots: 2, capabilities: { reading: 0.9 } }, (w) => w.handle({ type: 'count-lines' }, (task) => countFolder(task, 'model-5', 3e-6))),
    startWorker(hub.url, { id: 'reader-2', slots: 2, capabilities: { reading: 0.8 } }, (w) => w.handle({ type: 'count-lines' }, (task) => countFolder(task, 'model-5-small', 1e-6))),
    startWorker(hub.url, { id: 'releaser', slots: 3 }, (w) =>
      w.handle({ type: 'release' }, (task) => (task.spec.title === 'list-packages' ? ['core', 'server', 'client', 'cli'] : {}))
        .handle({ type: 'approve' }, (task) => task.ask({ text: 'Release version 1.2 to production?', choices: ['release', 'wait'], key: 'go' }))
        .handle({ type: 'upload' }, upload)),
  ]);
  async function countFolder(task, model, price) {
    const found = await countLines(join(Root, task.input.folder));
    task.log(`${found.files} files, ${found.lines} lines`);
    task.usage = { model, input_tokens: Math.round(found.bytes / 4), output_tokens: 40, cost_usd: (found.bytes / 4) * price };
    if (task.input.watch) await released;
    return found;
  }
  async function upload(task) {
    if (task.input.file) return (await readFile(task.input.file)).length;
    const socket = connect(task.input.port, '127.0.0.1');
    await once(socket, 'connect');
  }

  await put('budgets/readers', { swarm: 'default', period: 'day', cost_usd: 25 });
  await put('budgets/month', { tokens: 8_000_000 });
  await put('schedules/nightly-report', { cron: '0 3 * * *', time_zone: 'Europe/Berlin', task: { title: 'Write the report of the night', type: 'report' } });
  await put('schedules/every-hour', { every_ms: 3_600_000, task: { title: 'Count the lines of docs', type: 'count-lines', input: { folder: 'docs' } } });
  await hub.post('schedules/every-hour/run');
  const folders = ['docs', 'spec', 'bench', 'clients', 'samples', 'src/Waggle.Core', 'src/Waggle.Server', 'src/Waggle.Client', 'src/Waggle.Protocol', 'src/Waggle.Delivery', 'dashboard/src', 'tests/Waggle.Core.Tests'];
  for (let round = 0; round < 3; round++) await hub.post('tasks', folders.map((folder) => ({ title: `Count the lines of ${folder}`, type: 'count-lines', input: { folder } })));
  await until(async () => (await read('tasks?type=count-lines&state=completed&limit=1000')).tasks.length >= 3 * folders.length, 'the lines are counted', 120_000);
  await hub.post('tasks', ['src', 'tests'].map((folder) => ({ title: `Watch ${folder}`, type: 'count-lines', input: { folder, watch: true } })));
  await hub.post('tasks', [9, 9, 9].map((port, n) => ({ title: `Upload part ${n + 1}`, type: 'upload', input: { port }, max_attempts: 1 })));
  await hub.post('tasks', ['core', 'server'].map((name) => ({ title: `Upload ${name}`, type: 'upload', input: { file: `packages/${name}.nupkg` }, max_attempts: 1 })));
  await hub.post('tasks', [{ title: 'Approve version 1.2', type: 'approve' }]);
  await hub.post('workflows', Release);
  const run = await hub.post('runs', { workflow: 'release', key: 'version-1-2' });
  await until(async () => (await read(`runs/${run.id}/steps`)).steps.some((s) => s.step === 'approve' && s.state === 'running'), 'the run waits for its approval');
  await hub.post('conversations', { id: 'release', title: 'Version 1.2' });
  for (const content of ['The packages are built, three uploads failed: nothing listens on the port.', 'I look at it. Nothing is published before that.']) await hub.post('conversations/release/messages', { content });
  return {
    hub, run: run.id,
    async close() {
      release();
      await Promise.all(workers.map((w) => w.close({ timeout: 1000 })));
      await hub.dispose();
    },
  };
}
