import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** The root of the repository: tests run in clients/typescript. */
export const Root = resolve(process.cwd(), '../..');
const Program = process.env['WAGGLE_DLL'] ?? join(Root, 'artifacts/bin/Waggle/debug/waggle.dll');

/** A hub in a process of its own, with a data folder that a restart keeps. */
export class TestHub {
  url = '';
  #process: ChildProcess | undefined;

  private constructor(private readonly folder: string, private readonly options: string[]) {}

  static async start(...options: string[]): Promise<TestHub> {
    const hub = new TestHub(await mkdtemp(join(tmpdir(), 'waggle-ts-')), options);
    await hub.run(0);
    return hub;
  }

  /** Ends the hub without a word, as a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Starts the hub again at the same address, on the same data. */
  async restart(): Promise<void> {
    await this.run(Number(new URL(this.url).port));
  }

  /** A token of this hub. */
  async token(...options: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('dotnet', [Program, 'token', 'create', '--subject', 'tests', '--data', join(this.folder, 'data'), ...options]);
    return stdout.trim();
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(port: number): Promise<void> {
    const child = spawn('dotnet', [Program, 'serve', '--port', String(port), '--no-compat-ports', '--embedder', 'none', '--data', join(this.folder, 'data'), ...this.options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let log = '';
    child.stderr.on('data', (text) => (log += text));
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = /^ready (\S+)/.exec(line);
      if (!ready) continue;
      this.url = ready[1]!;
      return;
    }
    throw new Error(`The hub ended: ${log}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, within = 20_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
