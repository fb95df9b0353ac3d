// Runs a document's own client in Debian's Chromium, on a page of the hub's port, so that the page has the origin of its WebSocket. The client is the
// printed text; the page has Chromium's own WebSocket. What happens is said on standard output, a JSON object a line; a line on standard input is what the
// client's user does, as with the driver for Node of the same number.
// node chromium.js CLIENTS WS_MODULE URL SEED
const fs = require('fs');
const os = require('os');
const path = require('path');
const readline = require('readline');
const { spawn } = require('child_process');
const [clients, wsModule, url, seed] = process.argv.slice(2);
const WebSocket = require(wsModule);
const texts = Object.fromEntries(fs.readdirSync(clients).map((name) => [name, fs.readFileSync(path.join(clients, name), 'utf8')]));

// What stands in the page before the client. All of it runs in Chromium.
const common = `
const say = (line) => sayLine(JSON.stringify(line));
const AsyncFunction = (async () => {}).constructor;
const printed = { log: (...words) => say({ handler: 'log', data: words }), warn: (...words) => say({ handler: 'warn', data: words }), error: (...words) => say({ handler: 'log', data: words.map(String) }) };
const texts = ${JSON.stringify(texts)};
const url = ${JSON.stringify(url)};
`;

const pages = {
  '000': `
class Redirected extends WebSocket {
  constructor(address) {
    super(address.replace('ws://localhost:3000/ws', url));
    this.addEventListener('message', (e) => { const message = JSON.parse(e.data); say({ handler: message.type, data: message }); });
    this.addEventListener('close', (e) => say({ handler: 'close', data: { code: e.code, reason: e.reason } }));
  }
}
let client;
const handler = (message) => say({ handler: 'on ' + message.channel, data: message });
const does = {
  request: ([action, ...json]) => client.request(action, json.length ? JSON.parse(json.join(' ')) : {}).then((data) => say({ handler: action, data }), (e) => say({ handler: 'failed ' + action, data: String(e) })),
  subscribe: (channels) => client.subscribe(channels, handler),
  send: (json) => client.send(JSON.parse(json.join(' '))),
};
const start = async () => {
  client = await new AsyncFunction('WebSocket', 'console', texts['ClaudeZenWebSocketClient.js'] + texts['usage.js'] + 'return client;')(Redirected, printed);
};
`,
  '003': `
// The names of Node's EventEmitter and of ws that the client of the package uses, over Chromium's.
class EventEmitter {
  constructor() { this.handlers = new Map(); }
  on(name, f) { this.handlers.set(name, [...(this.handlers.get(name) ?? []), f]); return this; }
  once(name, f) { const one = (...a) => { this.off(name, one); f(...a); }; return this.on(name, one); }
  off(name, f) { this.handlers.set(name, (this.handlers.get(name) ?? []).filter((h) => h !== f)); return this; }
  removeListener(name, f) { return this.off(name, f); }
  emit(name, ...a) { for (const f of this.handlers.get(name) ?? []) f(...a); }
}
class Socket extends WebSocket {
  on(name, f) { this.addEventListener(name, (e) => (name === 'message' ? f(e.data) : name === 'close' ? f(e.code, e.reason) : f(e))); return this; }
}
const module = { exports: {} };
new Function('module', 'require', ${JSON.stringify(fs.readFileSync(path.join(__dirname, 'claude_flow_realtime.js'), 'utf8'))})(module, () => ({ EventEmitter }));
const realtime = module.exports(Socket, url);
let client;
const run = async (name, replaced) => {
  let text = texts[name + '.js'].replace(/^import .*$/m, '');
  for (const [from, to] of replaced) text = text.replaceAll("'" + from + "'", "'" + to + "'");
  const names = { ...realtime, console: printed, wsClient: client };
  if (name !== 'basic_client') names.client = client;
  const made = await new AsyncFunction(...Object.keys(names), text + (name === 'basic_client' ? '\\nreturn client;' : ''))(...Object.values(names));
  if (made) {
    client = made;
    client.on('event', (event) => say({ handler: event.topic, data: event.data }));
    client.on('pong', (pong) => say({ handler: 'pong', data: pong }));
  }
  say({ handler: 'ran', data: { name } });
};
const does = new Proxy({
  ping: () => client.ping(),
  subscribe: async (topics) => { await client.subscribe(topics); say({ handler: 'ran', data: { name: 'subscribe' } }); },
  publish: async ([topic, ...json]) => say({ handler: 'ack', data: await client.publish(topic, JSON.parse(json.join(' '))) }),
}, { get: (own, name) => own[name] ?? ((pairs) => run(name, pairs.map((pair) => pair.split('=')))) });
const start = () => run('basic_client', []);
`,
};

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'waggle-chromium-'));
const chromium = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
const end = (code) => {
  chromium.once('exit', () => {
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    process.exit(code);
  });
  chromium.kill('SIGKILL');
};
const fail = (error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  end(1);
};

// The DevTools protocol over the address that Chromium prints.
readline.createInterface({ input: chromium.stderr }).on('line', (line) => {
  const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
  if (address) drive(address).catch(fail);
});

async function drive(address) {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  const replies = new Map();
  let last = 0;
  const call = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    replies.set(++last, { resolve, reject });
    socket.send(JSON.stringify({ id: last, method, params, sessionId }));
  });
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.method === 'Runtime.bindingCalled') process.stdout.write(`${message.params.payload}\n`);
    if (!replies.has(message.id)) return;
    const { resolve, reject } = replies.get(message.id);
    replies.delete(message.id);
    if (message.error) reject(new Error(message.error.message));
    else resolve(message.result);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const evaluate = async (expression) => {
    const { exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true }, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  };
  await call('Page.enable', {}, sessionId);
  const loaded = new Promise((resolve) => socket.on('message', (text) => JSON.parse(text).method === 'Page.loadEventFired' && resolve()));
  await call('Page.navigate', { url: new URL('/health/ready', url.replace(/^ws/, 'http')).href }, sessionId);
  await loaded;
  await call('Runtime.enable', {}, sessionId);
  await call('Runtime.addBinding', { name: 'sayLine' }, sessionId);
  await call('Runtime.evaluate', { expression: common + pages[seed], replMode: true }, sessionId);
  await evaluate('start()');
  process.stdout.write('{"ready":true}\n');
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const [verb, ...words] = line.split(' ');
    evaluate(`does[${JSON.stringify(verb)}](${JSON.stringify(words)})`).catch((error) => process.stdout.write(`${JSON.stringify({ handler: 'failed', data: { name: verb, message: error.message } })}\n`));
  }).on('close', () => end(0));
}
