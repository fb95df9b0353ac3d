// Measures how long a page takes from its navigation until it follows the hub: node test/interactive.mjs [TASKS] [VISITS]
// Each visit has a context of its own, without a cache. The page's own clock measures.
import { loadavg } from 'node:os';
import { browser, Hub, open } from './support.mjs';

const [tasks = 100_000, visits = 11] = process.argv.slice(2).map(Number);
const hub = await Hub.start();
const chrome = await browser();

try {
  for (let i = 0; i < tasks; i += 1000) await hub.post('tasks', Array.from({ length: 1000 }, (_, n) => ({ title: `Task ${i + n}` })));
  for (const [view, ready] of [['overview', 'Waiting'], ['tasks', `Task ${tasks - 1}`]]) {
    const times = [];
    for (let visit = 0; visit < visits; visit++) {
      const page = await open(chrome, 'about:blank');
      await page.addInitScript((text) => {
        const look = () => {
          const isLive = document.querySelector('nav [role=status]')?.textContent.includes('live') && document.querySelector('main')?.textContent.includes(text);
          if (!isLive) return;
          window.ready = performance.now();
          seen.disconnect();
        };
        const seen = new MutationObserver(look);
        seen.observe(document, { subtree: true, childList: true, characterData: true });
      }, ready);
      await page.goto(`${hub.url}/ui/#/${view}`);
      await page.waitForFunction(() => window.ready);
      times.push(await page.evaluate(() => Math.round(window.ready)));
      await page.context().close();
    }
    times.sort((a, b) => a - b);
    console.log(JSON.stringify({ view, tasks, visits, load: loadavg()[0], median_ms: times[Math.floor(visits / 2)], longest_ms: times.at(-1) }));
  }
} finally {
  await chrome.close();
  await hub.dispose();
}
