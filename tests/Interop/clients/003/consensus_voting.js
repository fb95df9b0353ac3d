// As printed in iamrjc/claude-flow, v3/@claude-flow/realtime/IMPLEMENTATION.md, "Consensus Voting"; not changed.
import { SwarmChannelClient } from '@claude-flow/realtime';

const swarmClient = new SwarmChannelClient(client);
await swarmClient.subscribeToSwarm('swarm-1');

// Submit vote
await swarmClient.submitVote('swarm-1', 'proposal-1', 'yes', 'agent-1');

// Wait for result
const result = await swarmClient.waitForConsensus('swarm-1', 'proposal-1');
console.log('Consensus:', result.result?.accepted);
