/** Client and observer of a Waggle hub. Workers are in `@waggle/client/worker`. */
export { Bulks } from './bulks.js';
export { connect, WaggleClient } from './client.js';
export { Observer, type ObserveOptions, type ObserverEvent } from './observer.js';
export { WaggleError, type ClientErrorCode } from './errors.js';
export type { ConnectionOptions, ConnectionState, WebSocketLike } from './options.js';
export { Purges } from './purges.js';
export { defineTask, newKey, Tasks, type StandardSchema, type TaskDefinition, type TaskFilter, type TaskHandle } from './tasks.js';
export * from './protocol.js';
