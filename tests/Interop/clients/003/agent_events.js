// As printed in iamrjc/claude-flow, v3/@claude-flow/realtime/IMPLEMENTATION.md, "Agent Events", the client; not changed.
// Client
const agentClient = new AgentChannelClient(client);
await agentClient.subscribeToAgent('agent-1');
agentClient.on('status-change:agent-1', (event) => {
  console.log('Agent status:', event.status);
});
