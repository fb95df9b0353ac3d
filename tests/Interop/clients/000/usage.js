const client = new ClaudeZenWebSocketClient('ws://localhost:3000/ws');

await client.connect();

// Subscribe to swarm events
client.subscribe(['swarm-coordination', 'task-coordination'], (message) => {
  console.log('Swarm event:', message);
});

// Request swarm status
const status = await client.request('get_swarm_status', {
  swarmId: 'swarm-001',
  detailed: true
});

console.log('Swarm status:', status);
