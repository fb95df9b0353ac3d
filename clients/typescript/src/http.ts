import type { Connection } from './connection.js';
import { WaggleError } from './errors.js';

const Tries = 5;

/**
 * @internal Sends over HTTP what is too long for a message (docs/rest.md), with the token of the connection, and returns the text of the answer. While the
 * hub is away or asks for a pause, the request is sent again, until the signal is aborted. `persistent`: also while the WebSocket is open, where a proxy or
 * the browser may refuse HTTP for good.
 */
export async function sendHttp(connection: Connection, path: string, init: RequestInit, signal: AbortSignal, persistent: boolean): Promise<string> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(connection, path, init, signal);
    } catch (error) {
      if (!(error instanceof WaggleError) || error.retryAfterMs === undefined) throw error;
      if (!persistent && failures >= Tries && connection.isOpen) throw error;
      await pause(connection.pauseOf(failures, error.retryAfterMs), signal);
    }
  }
}

async function attempt(connection: Connection, path: string, init: RequestInit, signal: AbortSignal): Promise<string> {
  let token: string | undefined;
  try {
    token = await connection.token();
  } catch (error) {
    throw new WaggleError('UNAUTHENTICATED', `No token: ${error}`, 0);
  }
  const headers = { ...(init.headers as Record<string, string>), ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  let response: Response;
  let text: string;
  try {
    response = await fetch(connection.http + path, { ...init, headers, signal });
    text = await response.text();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new WaggleError('UNREACHABLE', `The hub was not reached at ${connection.http}: ${error}`, 0);
  }
  if (response.ok) return text;
  const { status } = response;
  const later = status === 429 || (status >= 500 && status !== 501) ? Number(response.headers.get('Retry-After') ?? 1) * 1000 || 1000 : undefined;
  let problem: { code?: string; detail?: string; retry_after_ms?: number } = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // The answer is that of a proxy: its status is all that is known.
  }
  throw new WaggleError(problem.code ?? 'PROTOCOL', problem.detail ?? `The hub, or a proxy before it, answered with HTTP ${status}.`, later && (problem.retry_after_ms ?? later));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(leave, ms);
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
  });
}
