// As printed in iamrjc/claude-flow, v3/@claude-flow/realtime/IMPLEMENTATION.md, "Task Tracking"; not changed.
import { TaskChannelClient } from '@claude-flow/realtime';

const taskClient = new TaskChannelClient(client);
await taskClient.subscribeToTask('task-123');

// Wait for completion with timeout
const result = await taskClient.waitForCompletion('task-123', 30000);
console.log('Task result:', result);
