// Measures the table of tasks on a hub with many tasks while records arrive: node test/measure.mjs [TASKS] [RECORDS A SECOND] [SECONDS]
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { connect } from '../../clients/typescript/dist/index.js';
import { browser, Hub, open, until } from './support.mjs';

const [tasks = 100_000, rate = 1000, seconds = 30] = process.argv.slice(2).map(Number);
const hub = await Hub.start();
const chrome = await browser();

/** CPU time of a process in ms. */
async function cpu(pid) {
  const [, , , , , , , , , , , , , user, system] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/\(.*\)/, 'x').split(' ');
  return (Number(user) + Number(system)) * (1000 / Number(spawnSync('getconf', ['CLK_TCK']).stdout));
}

try {
  for (let i = 0; i < tasks; i += 1000) await hub.post('tasks', Array.from({ length: 1000 }, (_, n) => ({ title: `Task ${i + n}` })));
  const client = await connect(hub.url);
  const { tasks: newest } = await client.tasks.list({ limit: 1000 });
  let sent = 0;
  const load = setInterval(() => {
    for (let i = 0; i < rate / 20; i++) void client.tasks.setPriority(newest[sent % 1000].id, 1 + (Math.floor(sent++ / 1000) % 5)).catch(() => {});
  }, 50);
  const alone = await cpu(hub.process.pid);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  const without = (await cpu(hub.process.pid)) - alone;

  const page = await open(chrome, 'about:blank');
  let received = 0;
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => (received += String(payload).split('"type":"record"').length - 1)));
  const started = Date.now();
  await page.goto(`${hub.url}/ui/#/tasks`);
  await page.getByText(`Task ${tasks - 1}`).waitFor();
  const interactive = Date.now() - started;
  const cdp = await page.context().newCDPSession(page);
  const heap = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    return (await cdp.send('Runtime.getHeapUsage')).usedSize;
  };
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map((e) => Math.round(e.duration)))).observe({ type: 'longtask' });
    window.frames = 0;
    const tick = () => (window.frames++, requestAnimationFrame(tick));
    requestAnimationFrame(tick);
  });
  const before = await cpu(hub.process.pid);
  const heaps = [await heap()];
  const table = page.getByRole('table', { name: 'Tasks' });
  await table.hover();
  const from = Date.now();
  const frames = await page.evaluate(() => window.frames);
  while (Date.now() - from < seconds * 1000) {
    await page.mouse.wheel(0, (Date.now() - from) % 6000 < 3000 ? 240 : -240);
    await page.waitForTimeout(30);
  }
  const took = (Date.now() - from) / 1000;
  const drawn = (await page.evaluate(() => window.frames)) - frames;
  const within = (await cpu(hub.process.pid)) - before;
  heaps.push(await heap());
  clearInterval(load);
  await until(async () => (await client.tasks.list({ limit: 1 })).tasks.length === 1, 'the hub answers');
  const long = await page.evaluate(() => window.long.filter((d) => d > 100));
  console.log(JSON.stringify({
    tasks, seconds, load: loadavg()[0], records_per_second: Math.round(sent / (took + seconds)), received_by_page: received, first_rows_ms: interactive, frames_per_second: Math.round(drawn / took), tasks_over_100_ms: long.length, longest_ms: Math.max(0, ...long),
    heap_mb: heaps.map((h) => Math.round(h / 1e5) / 10), rows_in_page: await table.getByRole('row').count(),
    hub_cpu_percent_without: Math.round(without / seconds / 1) / 10, hub_cpu_percent_with: Math.round(within / took) / 10,
  }));
  await client.close();
} finally {
  await chrome.close();
  await hub.dispose();
}
