// As printed in iamrjc/claude-flow, v3/@claude-flow/realtime/IMPLEMENTATION.md, "Basic Server & Client", the client; not changed.
// Client
const client = new WSClient({ url: 'ws://localhost:8080', token: 'test' });
await client.connect();
await client.subscribe(['agent.*']);
client.on('event', (event) => console.log(event));
