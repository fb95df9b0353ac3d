/** A hub in memory for tests: it plays the hub's side of a scenario of spec/waggle.v1.md, or of one of your own. */
import type { WebSocketLike } from './options.js';

/** One frame of a scenario. `name` distinguishes its connections; that of a plain `json client` is empty. */
export interface ScenarioFrame {
  from: 'client' | 'hub' | 'closed' | 'operator';
  name: string;
  /** Whether the client's frame breaks the protocol on purpose, so that no SDK sends it. */
  invalid: boolean;
  frame: any;
}

export interface Scenario {
  title: string;
  frames: ScenarioFrame[];
}

/** Reads the scenarios of a page: its headings that begin with "Scenario", and the JSON blocks `client`, `hub`, `closed` and `operator` below them. */
export function parseScenarios(markdown: string): Scenario[] {
  const scenarios: Scenario[] = [];
  for (const section of markdown.split(/^#{2,3} /m).filter((s) => s.startsWith('Scenario'))) {
    const frames: ScenarioFrame[] = [];
    for (const [, from, rest, text] of section.matchAll(/^```json (client|hub|closed|operator)([^\n]*)\n(.*?)^```/gms)) {
      const words = rest!.trim().split(/\s+/);
      frames.push({ from: from as ScenarioFrame['from'], name: words.find((w) => w && w !== 'invalid') ?? '', invalid: words.includes('invalid'), frame: JSON.parse(text!) });
    }
    scenarios.push({ title: section.slice(0, section.indexOf('\n')).replace(/^Scenario:?\s*/, ''), frames });
  }
  return scenarios;
}

/**
 * The hub's side of one connection of a scenario. Pass its `webSocket` as the option of a client. When the client has sent what the next `client` frames
 * say, the hub sends its frames up to the following one, with the client's own ids.
 */
export class ScriptedHub {
  readonly webSocket: new (url: string) => WebSocketLike;
  /** Messages that the script did not expect. */
  readonly unexpected: any[] = [];
  readonly #frames: ScenarioFrame[];
  readonly #names = new Map<string, any>();
  readonly #ids = new Map<string, string>();
  #next = 0;
  #socket: ScriptedSocket | undefined;

  constructor(frames: ScenarioFrame[], name = '') {
    this.#frames = frames.filter((f) => f.name === name && !f.invalid);
    const self = this;
    this.webSocket = class extends ScriptedSocket {
      constructor(url: string) {
        super(url, (text) => self.#received(text));
        self.#socket = this;
      }
    };
  }

  /** Whether every frame was played. */
  get finished(): boolean {
    return this.#next === this.#frames.length;
  }

  /** Plays frames that no message of the client precedes: those of the hub that wait next. */
  play(): void {
    while (!this.finished && this.#frames[this.#next]!.from !== 'client') {
      const { from, frame } = this.#frames[this.#next++]!;
      if (from === 'hub') this.#socket!.deliver(JSON.stringify(this.#fill(frame)));
      else if (from === 'closed') this.#socket!.end(frame.code);
    }
  }

  #received(text: string): void {
    const sent = JSON.parse(text);
    for (const message of Array.isArray(sent) ? sent : [sent]) this.#take(message);
  }

  #take(message: any): void {
    const step = this.#frames[this.#next];
    const wanted: any[] = step?.from === 'client' ? [step.frame].flat() : [];
    const found = wanted.find((w) => w.type === message.type && !this.#ids.has(`${this.#next}/${wanted.indexOf(w)}`));
    if (!found) {
      this.unexpected.push(message);
      return;
    }
    this.#ids.set(`${this.#next}/${wanted.indexOf(found)}`, '');
    if (found.id !== undefined) this.#ids.set(found.id, message.id);
    if (wanted.every((_, i) => this.#ids.has(`${this.#next}/${i}`))) {
      this.#next++;
      this.play();
    }
  }

  // Placeholders become values of their kind; a name stands for the same value in all its places.
  #fill(value: any, key = ''): any {
    if (Array.isArray(value)) return value.map((v) => this.#fill(v));
    if (value && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).filter(([k]) => k !== '...').map(([k, v]) => [k, k === 'id' && this.#ids.has(v as string) ? this.#ids.get(v as string) : this.#fill(v, k)]));
    }
    const match = typeof value === 'string' ? /^<([a-z]+)\d*>$/.exec(value) : null;
    if (!match) return value;
    if (!this.#names.has(value)) this.#names.set(value, sample(match[1]!, key, this.#names.size));
    return this.#names.get(value);
  }
}

function sample(kind: string, key: string, n: number): any {
  if (kind === 'position') return `1:${n + 1}`;
  if (kind === 'time') return new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
  if (kind === 'number' || kind === 'token' || kind === 'version') return key === 'retry_after_ms' ? 1 : n + 1;
  return `${kind}${n + 1}`;
}

class ScriptedSocket implements WebSocketLike {
  readyState = 0;
  onopen: ((event: any) => void) | null = null;
  onmessage: ((event: any) => void) | null = null;
  onclose: ((event: any) => void) | null = null;
  onerror: ((event: any) => void) | null = null;

  constructor(readonly url: string, private readonly received: (text: string) => void) {
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.({});
    });
  }

  send(data: string): void {
    queueMicrotask(() => this.received(data));
  }

  deliver(text: string): void {
    queueMicrotask(() => this.onmessage?.({ data: text }));
  }

  close(code = 1000, reason = ''): void {
    this.end(code, reason);
  }

  end(code: number, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.onclose?.({ code, reason }));
  }
}
