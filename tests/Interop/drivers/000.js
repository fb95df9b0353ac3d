// Runs the document's own client and its usage example: what each of its handlers was given is said on standard output, a JSON object a line.
// A line on standard input is what its user does: request ACTION JSON, subscribe CHANNEL…, send JSON, lose.
// node 000.js CLIENTS WS_MODULE URL
const fs = require('fs');
const vm = require('vm');
const readline = require('readline');
const [clients, wsModule, url] = process.argv.slice(2);
const WebSocket = require(wsModule);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const read = (name) => fs.readFileSync(`${clients}/${name}`, 'utf8');

// The example has its server's address in it: here it is another port.
class Redirected extends WebSocket {
  constructor(address) {
    super(address.replace('ws://localhost:3000/ws', url));
    this.on('message', (text) => {
      const message = JSON.parse(text);
      say({ handler: message.type, data: message });
    });
    this.on('close', (code, reason) => say({ handler: 'close', data: { code, reason: String(reason) } }));
  }
}

// The console of the example: what it prints is said as the call of a handler.
const printed = {
  log: (...words) => say({ handler: 'log', data: words }),
  warn: (...words) => say({ handler: 'warn', data: words }),
  error: (...words) => process.stderr.write(words.map(String).join(' ') + '\n'),
};
const context = vm.createContext({ WebSocket: Redirected, console: printed, JSON, Promise, Map, Set, Date, Math, setTimeout });
const run = async () => {
  // An await at the top level, as in a module.
  const client = await vm.runInContext(`${read('ClaudeZenWebSocketClient.js')}\n(async () => {\n${read('usage.js')}\nreturn client;\n})()`, context);

  // The document's advice about connection errors, with a reconnect of its own.
  vm.runInNewContext(read('errors.js'), { ws: { set onerror(f) {}, set onclose(f) { client.ws.onclose = f; } }, console: printed, setTimeout, reconnect: () => say({ handler: 'reconnect', data: {} }) });
  say({ ready: true });
  const handler = (message) => say({ handler: `on ${message.channel}`, data: message });
  const does = {
    request: ([action, ...json]) => client.request(action, json.length ? JSON.parse(json.join(' ')) : {}).then((data) => say({ handler: action, data }), (e) => say({ handler: `failed ${action}`, data: String(e) })),
    subscribe: (channels) => client.subscribe(channels, handler),
    send: (json) => client.send(JSON.parse(json.join(' '))),
    lose: () => client.ws.terminate(),
  };
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const [verb, ...words] = line.split(' ');
    does[verb](words);
  }).on('close', () => process.exit(0));
};
run().catch((e) => { process.stderr.write(String(e.stack)); process.exit(1); });
