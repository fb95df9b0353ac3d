import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import typescript from 'typescript';

export const Root = resolve(import.meta.dirname, '../..');
export const Program = process.env.WAGGLE_DLL ?? join(Root, 'artifacts/bin/Waggle/debug/waggle.dll');

/** A hub in a process of its own. Its data folder outlives a kill. */
export class Hub {
  static async start(...options) {
    const hub = new Hub();
    hub.folder = await mkdtemp(join(tmpdir(), 'waggle-ui-'));
    hub.options = options;
    await hub.run(0);
    return hub;
  }

  async run(port) {
    this.process = spawn('dotnet', [Program, 'serve', '--port', String(port), '--no-compat-ports', '--embedder', 'none', '--data', join(this.folder, 'data'), ...this.options], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    this.process.stderr.on('data', (text) => (log += text));
    for await (const line of createInterface({ input: this.process.stdout })) {
      const ready = /^ready (\S+)/.exec(line);
      if (!ready) continue;
      this.url = ready[1];
      return;
    }
    throw new Error(`The hub ended: ${log}`);
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  async kill() {
    await end(this.process, 'SIGKILL');
  }

  async restart() {
    await this.run(this.port);
  }

  async dispose() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A token of this hub. */
  async token(subject, ...options) {
    const args = [Program, 'token', 'create', '--subject', subject, ...options, '--data', join(this.folder, 'data')];
    return (await promisify(execFile)('dotnet', args)).stdout.trim();
  }

  async post(path, body) {
    const response = await fetch(`${this.url}/api/v1/${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  }
}

/** Opens a view with a token. */
export async function signIn(chrome, hub, view, token) {
  const page = await open(chrome, `${hub.url}/ui/#/${view}`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await live(page);
  return page;
}

/** `waggle demo`, which surveys the samples of this repository, kills one of its workers and keeps its hub. */
export class Demo {
  static async start(source = join(Root, 'src/Waggle.Core')) {
    const demo = new Demo();
    demo.folder = await mkdtemp(join(tmpdir(), 'waggle-ui-demo-'));
    demo.process = spawn('dotnet', [Program, 'demo', source, '--port', '0', '--out', join(demo.folder, 'out'), '--data', join(demo.folder, 'data')], { stdio: ['ignore', 'pipe', 'pipe'] });
    demo.lines = [];
    demo.log = '';
    demo.process.stderr.on('data', (text) => (demo.log += text));
    createInterface({ input: demo.process.stdout }).on('line', (line) => demo.lines.push(line));
    await until(() => demo.process.exitCode !== null || demo.find(/http:\/\/\S+/), 'the address of the demo');
    demo.url = /http:\/\/[^\s,/]+/.exec(demo.find(/http:\/\/\S+/) ?? '')?.[0];
    if (!demo.url) throw new Error(`The demo ended: ${demo.lines.join('\n')} ${demo.log}`);
    return demo;
  }

  find(pattern) {
    return this.lines.find((line) => pattern.test(line));
  }

  async dispose() {
    await end(this.process, 'SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

export async function until(condition, what, within = 30_000) {
  const last = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > last) throw new Error(`Not within ${within} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Debian's browser. Containers of CI have no user namespaces for its sandbox; the pages are the hub's own. */
export async function browser() {
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
  // A page that the test delivers itself comes from no address, and may then not connect to this machine.
  if (process.env.WAGGLE_UI) args.push('--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets');
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
}

/** A page that reports what the browser complains about: errors, refused styles and scripts. */
export async function open(chrome, url, { theme = 'light', width = 1360, height = 860, timezone = 'UTC' } = {}) {
  const context = await chrome.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', timezoneId: timezone, permissions: ['clipboard-write'] });
  if (process.env.WAGGLE_UI) await context.route(/\/ui\/(?!.*\/ui\/)/, (route) => unembedded(route, process.env.WAGGLE_UI));
  const page = await context.newPage();
  // Starting a worker takes long on a busy machine.
  page.setDefaultTimeout(90_000);
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    // A hub that is away makes the browser say so, in its own words.
    if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket connection|Failed to load resource/.test(message.text())) page.complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) page.complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  return page;
}

// Files of a build that no hub has embedded yet (WAGGLE_UI=dist), with the headers of the hub's own page.
async function unembedded(route, folder) {
  const { pathname } = new URL(route.request().url());
  const name = pathname.slice(pathname.lastIndexOf('/ui/') + 4) || 'index.html';
  // A redirection leads to the page of the hub, whose files have other names.
  if (!existsSync(resolve(Root, 'dashboard', folder, name))) return route.continue();
  const type = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' }[name.split('.').at(-1)];
  const page = await route.fetch({ url: route.request().url().replace(/\/ui\/.*$/, '/ui/') });
  const headers = { 'content-security-policy': page.headers()['content-security-policy'], 'content-type': `${type}; charset=utf-8` };
  await route.fulfill({ status: 200, headers, body: await readFile(resolve(Root, 'dashboard', folder, name)) });
}

/** A module of the page that imports nothing, for a test without a browser. */
export async function source(path) {
  const text = await readFile(join(Root, 'dashboard', path), 'utf8');
  const { outputText } = typescript.transpileModule(text, { compilerOptions: { module: 'ES2022', target: 'ES2022' } });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}

/** Returns when the page says that it follows the hub. */
export function live(page) {
  return page.locator('nav [role=status]', { hasText: 'live' }).waitFor();
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What keeps people out of a page, by the rules of WCAG 2.2 AA. */
export async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 140)} ${n.failureSummary?.slice(0, 200)}`));
  });
}
