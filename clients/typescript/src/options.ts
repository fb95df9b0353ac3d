import type { WaggleError } from './errors.js';
import type { Welcome } from './protocol.js';

/** What a connection needs of a WebSocket: the interface of browsers, Node 22, Bun and the package `ws`. */
export interface WebSocketLike {
  readonly readyState: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** Options of every connection. Durations are milliseconds. */
export interface ConnectionOptions {
  /** A token, or a function that returns one. The function is asked again at each connection, and before the token expires. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Name and version of the software. */
  client?: string;
  /** How long the first connection may take; default 10,000. */
  connectTimeout?: number;
  /** The upper limit of the first pause before another attempt; it doubles with each failure; default 500. */
  backoffBase?: number;
  /** The upper limit of all pauses; default 30,000. */
  backoffCap?: number;
  /** The most requests that wait for an answer; default 10,000. More fail with `QUEUE_FULL`. */
  queueCapacity?: number;
  /** The WebSocket to use, in place of the global one or that of the package `ws`. */
  webSocket?: new (url: string) => WebSocketLike;
  /** Called with each change: `connecting`, `open` after each welcome, `waiting` before the next attempt, `closed` at the end. */
  onState?: (state: ConnectionState) => void;
  /** Called with what a function of the program threw (`onState`, `onVote`, `onMessage`, `onEnded`), which does not end the connection; default: `console.error`. */
  onError?: (error: unknown) => void;
  /** The source of randomness for the pauses, 0 to 1; for tests. */
  random?: () => number;
}

export type ConnectionState =
  | { state: 'connecting' }
  | { state: 'open'; welcome: Welcome }
  | { state: 'waiting'; error: WaggleError; retryInMs: number }
  | { state: 'closed'; error?: WaggleError };

/** @internal Calls a function of the program. What it throws is reported, and changes nothing else. */
export async function guarded<T>(options: ConnectionOptions, call: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await call();
  } catch (error) {
    try {
      (options.onError ?? console.error)(error);
    } catch (second) {
      console.error(second);
    }
    return undefined;
  }
}

/** @internal The WebSocket's address of a hub: the path of an http URL is the place of the hub within an application. */
export function socketUrl(url: string | URL): string {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  const parsed = new URL(url, base);
  const plain = parsed.protocol === 'http:' || parsed.protocol === 'https:';
  if (plain) parsed.protocol = parsed.protocol === 'http:' ? 'ws:' : 'wss:';
  else if (parsed.protocol !== 'ws:' && parsed.protocol !== 'wss:') throw new TypeError(`The hub's URL has scheme '${parsed.protocol}'; known are http, https, ws and wss.`);
  if (parsed.pathname === '/' || (plain && !parsed.pathname.endsWith(SocketPath))) parsed.pathname = parsed.pathname.replace(/\/+$/, '') + SocketPath;
  parsed.hash = '';
  return parsed.href;
}

/** @internal The base of the hub's other paths, with a slash at the end. */
export function httpUrl(url: string | URL): string {
  const parsed = new URL(socketUrl(url));
  parsed.protocol = parsed.protocol === 'ws:' ? 'http:' : 'https:';
  parsed.pathname = parsed.pathname.endsWith(SocketPath) ? parsed.pathname.slice(0, 1 - SocketPath.length) : '/';
  parsed.search = '';
  return parsed.href;
}

const SocketPath = '/ws/waggle';

/** @internal */
export async function findWebSocket(options: ConnectionOptions): Promise<new (url: string) => WebSocketLike> {
  const known = options.webSocket ?? (globalThis as { WebSocket?: new (url: string) => WebSocketLike }).WebSocket;
  if (known) return known;
  // The name is not a constant, so that bundlers for browsers do not look for the package.
  const name = 'ws';
  return (await import(/* @vite-ignore */ name)).WebSocket;
}
