// As printed in iamrjc/claude-flow, v3/@claude-flow/realtime/IMPLEMENTATION.md, "With Task System"; not changed.
// Task executor reports progress
const taskClient = new TaskChannelClient(wsClient);
await taskClient.reportProgress({
  taskId: task.id,
  progress: 50,
  status: 'in-progress',
  timestamp: Date.now(),
});
