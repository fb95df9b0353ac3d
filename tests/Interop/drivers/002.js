// Runs the document's own client: what each of its handlers was given is said on standard output, a JSON object a line, after the handler itself has run.
// node 002.js CLIENTS WS_MODULE URL
const fs = require('fs');
const vm = require('vm');
const [clients, wsModule, url] = process.argv.slice(2);
const WebSocket = require(wsModule);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const read = (name) => fs.readFileSync(`${clients}/${name}`, 'utf8');

// What the client prints goes aside: standard output is the test's.
const quiet = { log: () => {}, warn: () => {}, error: (...args) => process.stderr.write(args.map(String).join(' ') + '\n') };
const context = vm.createContext({ WebSocket, console: quiet, setTimeout });
const HiveWebSocketClient = vm.runInContext(read('HiveWebSocketClient.js') + '\nHiveWebSocketClient', context);
const client = new HiveWebSocketClient(url);
for (const [type, handler] of client.messageHandlers) {
  client.on(type, (data) => {
    handler(data);
    say({ handler: type, data });
  });
}

// Handlers of a user's own, for the other events of the document.
for (const type of process.argv.slice(5)) client.on(type, (data) => say({ handler: type, data }));
client.connect();

// The document's advice against messages out of order: what is not above the last is dropped.
const sequenced = new WebSocket(url);
vm.runInNewContext(read('sequence.js'), { ws: sequenced, JSON, processMessage: (message) => say({ sequenced: message.type, sequence: message.sequence }) });
const all = new WebSocket(url);
all.onmessage = (event) => {
  const message = JSON.parse(event.data);
  if (message.sequence !== undefined) say({ frame: message.type, sequence: message.sequence });
};

// The first message comes when the hub has taken up the connection: from then on nothing is missed.
let heard = 0;
for (const ws of [client.ws, sequenced, all]) ws.once('message', () => { if (++heard === 3) say({ ready: true }); });
process.stdin.on('end', () => process.exit(0)).resume();
