/** Codes of errors that the client itself reports, beside those of the hub (spec/errors.md). */
export type ClientErrorCode =
  | 'CONNECTION_LOST' | 'CLOSED' | 'UNREACHABLE' | 'REPLACED' | 'QUEUE_FULL' | 'TASK_NOT_COMPLETED' | 'INVALID_INPUT' | 'RESULT_NOT_JSON' | 'PROTOCOL';

/** An error of the hub, or of the connection to it. The code is stable; the message is for people. */
export class WaggleError extends Error {
  override readonly name = 'WaggleError';

  constructor(
    /** One of the hub's codes, or a {@link ClientErrorCode}. */
    readonly code: string,
    message: string,
    /** The same request may succeed after this number of milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** @internal Why a socket ended, and whether another attempt is pointless. */
export interface Trouble {
  error: WaggleError;
  final: boolean;
}

const Names: Record<number, string> = { 4500: 'REPLACED', 4501: 'AGENT_REMOVED', 1009: 'TOO_LARGE', 4503: 'UNAUTHENTICATED' };

/** @internal The close codes of spec/close-codes.md: below 4500 a client reconnects. */
export function troubleOf(code: number, reason: string, retryAfterMs?: number): Trouble {
  const text = reason ? `: ${reason}` : '.';
  const error = new WaggleError(Names[code] ?? 'CONNECTION_LOST', `The connection ended with code ${code}${text}`, retryAfterMs);
  return { error, final: code === 1009 || code >= 4500 };
}
