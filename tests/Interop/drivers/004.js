// Runs one of the document's own clients: what reached its handlers is said on standard output, a JSON object a line, after the handler itself has run.
// A line on standard input is what its user does.
// node 004.js CLIENTS WS_MODULE URL browser|node|react
const fs = require('fs');
const path = require('path');
const vm = require('vm');
const readline = require('readline');
const [clients, wsModule, url, kind] = process.argv.slice(2);
const WebSocket = require(wsModule);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const read = (name) => fs.readFileSync(`${clients}/${name}`, 'utf8');

// The clients have their server's address in them: here it is another port.
class Redirected extends WebSocket {
  constructor(address) {
    super(address.replace('ws://localhost:3000/ws', url));
    this.once('message', () => say({ ready: true }));
  }
}

// Their waits are minutes in all; time runs faster for them.
const timers = { setTimeout: (f, ms) => setTimeout(f, ms / 20), setInterval: (f, ms) => setInterval(f, ms / 20), clearInterval, clearTimeout };
const printed = { log: (...words) => say({ handler: 'log', data: words }), error: (...words) => process.stderr.write(words.map(String).join(' ') + '\n') };

function browser() {
  const element = { innerText: '' };
  const toasts = [];
  const page = { getElementById: () => element };
  const context = vm.createContext({ WebSocket: Redirected, console: printed, document: page, showToast: (...toast) => toasts.push(toast), JSON, ...timers });
  vm.runInContext(read('CloudAgentsWebSocket.js'), context);
  const client = vm.runInContext('client', context);
  for (const name of ['onAgentStatus', 'onChatMessage', 'onNotification', 'onUserPresence']) {
    const handler = client[name];
    client[name] = (data) => {
      handler.call(client, data);
      say({ handler: name, data, shown: element.innerText, toast: toasts.at(-1) });
    };
  }

  const does = { presence: (status) => client.setPresence(status), send: (text) => client.send(JSON.parse(text)), lose: () => client.ws.terminate(), close: () => client.close() };
  return (verb, words) => does[verb](words);
}

function node() {
  const scope = { require: (name) => (name === 'ws' ? Redirected : undefined), console: printed, JSON };
  vm.runInNewContext(read('node_client.js'), scope);
  return () => {};
}

function react() {
  const modules = path.dirname(wsModule);
  const [ts, React, renderer] = ['typescript', 'react', 'react-test-renderer'].map((name) => require(path.join(modules, name)));
  const { outputText } = ts.transpileModule(read('useWebSocket.tsx'), { compilerOptions: { module: 'commonjs', target: 'es2020', jsx: 'react' } });
  const module = { exports: {} };
  const quiet = { ...console, error: () => {} };
  vm.runInNewContext(outputText, { exports: module.exports, require: () => React, React, WebSocket: Redirected, JSON, console: quiet });
  let hook;
  function Shown() {
    hook = module.exports.useWebSocket('react-user-token');
    say({ handler: 'shown', data: { isConnected: hook.isConnected, agentStatus: hook.agentStatus, notifications: hook.notifications } });
    return null;
  }

  renderer.create(React.createElement(Shown));
  return (verb, words) => hook.sendPresence(words);
}

const act = { browser, node, react }[kind]();
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [verb, ...words] = line.split(' ');
  act(verb, words.join(' '));
}).on('close', () => process.exit(0));
