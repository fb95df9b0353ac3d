// Pictures of every view in both themes: node test/screenshots.mjs FOLDER [VIEW ...]
// NAME.png is light, NAME-dark.png is dark.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reduce } from './png.mjs';
import { stage } from './stage.mjs';
import { browser, Demo, Hub, live, open, until } from './support.mjs';

const [folder = 'screenshots', ...wanted] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const chrome = await browser();
const Themes = { light: '', dark: '-dark' };
// A page draws its curves from the readings since it was opened.
const Curves = { overview: 1000, alerts: 12_000, system: 12_000 };
let complaints = 0;

const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

/** Takes a picture of each page after its time. */
async function shoot(name, pages, before = async () => {}) {
  await Promise.all(Object.entries(pages).map(async ([theme, page]) => {
    await live(page);
    await before(page);
    await page.waitForTimeout(Curves[name] ?? 1500);
    await page.mouse.move(0, 0);
    const png = reduce(await page.screenshot());
    await writeFile(join(folder, `${name}${Themes[theme]}.png`), png);
    console.log(name, theme, png.length);
    for (const complaint of page.complaints) console.error(name, complaint, ++complaints);
    await page.context().close();
  }));
}

const pagesOf = async (url, hash, height = 800) => Object.fromEntries(await Promise.all(Object.keys(Themes).map(async (theme) => [theme, await open(chrome, `${url}/ui/#/${hash}`, { theme, width: 1280, height })])));

async function ofDemo() {
  const demo = await Demo.start();
  try {
    // The overview is open while the demo runs, as for a person who looks at it.
    const watched = await pagesOf(demo.url, '');
    await until(() => demo.process.exitCode !== null || demo.find(/ lost, /), `the end of the survey: ${demo.lines.join('\n')}`, 300_000);
    await shoot('overview', watched);
    const get = async (path) => (await fetch(`${demo.url}/api/v1/${path}`)).json();
    const swarm = (await get('swarms')).swarms.at(-1).id;
    const [killed] = (await get('agents')).agents.filter((a) => a.failure);
    const { tasks } = await get(`tasks?swarm=${swarm}&limit=1000`);
    const taken = tasks.find((t) => t.attempt > 1) ?? tasks[0];
    const space = (await get('memory')).namespaces[0];
    const views = {
      swarm: `swarm/${swarm}`, agents: 'agents', agent: `agents/${killed.id}`, tasks: 'tasks', task: `tasks/${taken.id}`, swarms: 'swarm', votes: 'votes',
      memory: `memory/${space.namespace}?swarm=${space.swarm}&find=complexity`, stream: 'stream', system: 'system',
    };
    for (const [name, hash] of Object.entries(views)) if (isWanted(name)) await shoot(name, await pagesOf(demo.url, hash, name === 'task' ? 900 : 800));
  } finally {
    await demo.dispose();
  }
}

async function ofStage() {
  const { hub, run, close } = await stage();
  try {
    const views = {
      questions: 'questions', workflows: 'workflows', run: `workflows/${run}?step=test`, schedules: 'schedules', errors: 'errors', alerts: 'alerts', predictions: 'predictions', costs: 'costs?by=model', chat: 'chat/release',
    };
    for (const [name, hash] of Object.entries(views)) if (isWanted(name)) await shoot(name, await pagesOf(hub.url, hash), name === 'errors' ? (page) => page.getByRole('button', { name: '3 tasks with this error' }).click() : undefined);
  } finally {
    await close();
  }
}

async function ofNew() {
  const hub = await Hub.start();
  try {
    await shoot('new', await pagesOf(hub.url, ''));
  } finally {
    await hub.dispose();
  }
}

const Groups = [[ofNew, ['new']], [ofStage, ['questions', 'workflows', 'run', 'schedules', 'errors', 'alerts', 'predictions', 'costs', 'chat']], [ofDemo, ['overview', 'tasks', 'task', 'agents', 'agent', 'swarms', 'swarm', 'votes', 'memory', 'stream', 'system']]];
try {
  for (const [shootAll, names] of Groups) if (names.some(isWanted)) await shootAll();
} finally {
  await chrome.close();
}
process.exitCode = complaints > 0 ? 1 : 0;
