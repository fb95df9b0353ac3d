// As printed in iamrjc/claude-flow, v3/@claude-flow/realtime/IMPLEMENTATION.md, "With @claude-flow/agents"; not changed.
// Agent reports status via WebSocket
const agentClient = new AgentChannelClient(wsClient);
await agentClient.reportStatus({
  agentId: agent.id,
  status: 'busy',
  timestamp: Date.now(),
});
