// Measures what open dashboards cost a busy hub: node test/cpu.mjs [PAGES] [RECORDS A SECOND] [SECONDS] [ROUNDS]
// Each round has the hub's CPU time for the same changes without a page and with some; the difference is divided by the number of pages.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { connect } from '../../clients/typescript/dist/index.js';
import { browser, Hub, live, open } from './support.mjs';

const [pages = 5, rate = 1000, seconds = 20, rounds = 4] = process.argv.slice(2).map(Number);
const Tasks = 1000;
const hub = await Hub.start();
const chrome = await browser();
const ticks = Number(spawnSync('getconf', ['CLK_TCK']).stdout);

/** CPU time of the hub in seconds. */
async function cpu() {
  const fields = (await readFile(`/proc/${hub.process.pid}/stat`, 'utf8')).replace(/\(.*\)/, 'x').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticks;
}

try {
  await hub.post('tasks', Array.from({ length: Tasks }, (_, n) => ({ title: `Task ${n}` })));
  const client = await connect(hub.url);
  const { tasks } = await client.tasks.list({ limit: Tasks });
  let [sent, done, owed, last] = [0, 0, 0, performance.now()];
  const load = setInterval(() => {
    const now = performance.now();
    owed += ((now - last) / 1000) * rate;
    last = now;
    for (; owed >= 1; owed--) {
      if (sent - done > 2 * rate) continue;
      client.tasks.setPriority(tasks[sent % Tasks].id, 1 + (Math.floor(sent / Tasks) % 5)).then(() => done++, () => done++);
      sent++;
    }
  }, 20);

  /** The share of a core that the hub used, and the changes a second, over some seconds. */
  async function phase() {
    const [from, used, changes] = [performance.now(), await cpu(), done];
    await new Promise((wake) => setTimeout(wake, seconds * 1000));
    const took = (performance.now() - from) / 1000;
    return { percent: (100 * ((await cpu()) - used)) / took, rate: (done - changes) / took };
  }

  const costs = [];
  for (let round = 0; round < rounds; round++) {
    const without = await phase();
    const opened = [];
    let received = 0;
    for (let i = 0; i < pages; i++) {
      const page = await open(chrome, 'about:blank');
      page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => (received += String(payload).split('"type":"record"').length - 1)));
      await page.goto(`${hub.url}/ui/#/${i % 2 ? 'tasks' : 'overview'}`);
      await live(page);
      opened.push(page);
    }
    received = 0;
    const within = await phase();
    // A hub that had fewer changes had less to do for them.
    const expected = (without.percent / without.rate) * within.rate;
    costs.push((within.percent - expected) / pages);
    const two = (n) => Math.round(n * 100) / 100;
    console.log(JSON.stringify({
      round, load: loadavg()[0], without_percent: two(without.percent), without_changes_per_second: Math.round(without.rate), with_percent: two(within.percent), with_changes_per_second: Math.round(within.rate),
      records_per_second_and_page: Math.round(received / pages / seconds), percent_a_page: two(costs.at(-1)),
    }));
    for (const page of opened) await page.context().close();
  }
  clearInterval(load);
  costs.sort((a, b) => a - b);
  console.log(JSON.stringify({ pages, rounds, percent_a_page_median: Math.round(100 * costs[Math.floor(costs.length / 2)]) / 100 }));
  await client.close();
} finally {
  await chrome.close();
  await hub.dispose();
}
