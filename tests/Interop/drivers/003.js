// Runs the document's own snippets: what they print is said on standard output, a JSON object a line, as is every event of the client.
// A line on standard input names the next snippet, with the ids in it replaced: SNIPPET [FROM=TO]...; or it is "quit".
// node 003.js CLIENTS WS_MODULE URL [AGENT]
const fs = require('fs');
const readline = require('readline');
const [clients, wsModule, url, agentId] = process.argv.slice(2);
const realtime = require('./claude_flow_realtime.js')(require(wsModule), url);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const printed = { log: (...words) => say({ handler: 'log', data: words }) };
const Snippet = Object.getPrototypeOf(async () => {}).constructor;

let client;
const run = async (name, replaced) => {
  let text = fs.readFileSync(`${clients}/${name}.js`, 'utf8').replace(/^import .*$/m, '');
  for (const [from, to] of replaced) text = text.replaceAll(`'${from}'`, `'${to}'`);
  const ids = Object.fromEntries(replaced);
  const names = { ...realtime, console: printed, wsClient: client, agent: { id: agentId }, task: { id: ids.task } };

  // Only the first snippet has a client of its own.
  if (name !== 'basic_client') names.client = client;
  const made = await new Snippet(...Object.keys(names), `${text}\n${name === 'basic_client' ? 'return client;' : ''}`)(...Object.values(names));
  if (made) {
    client = made;
    client.on('event', (event) => say({ handler: event.topic, data: event.data }));
    client.on('pong', (pong) => say({ handler: 'pong', data: pong }));
  }

  say({ handler: 'ran', data: { name } });
};

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const [name, ...pairs] = line.split(' ');
  try {
    if (name === 'ping') client.ping();
    else if (name === 'subscribe') {
      await client.subscribe(pairs);
      say({ handler: 'ran', data: { name } });
    } else if (name === 'publish') say({ handler: 'ack', data: await client.publish(pairs[0], JSON.parse(pairs.slice(1).join(' '))) });
    else await run(name, pairs.map((pair) => pair.split('=')));
  } catch (error) {
    say({ handler: 'failed', data: { name, message: error.message } });
  }
}).on('close', () => process.exit(0));
run('basic_client', []).then(() => say({ ready: true }), (error) => process.stderr.write(`${error.stack}\n`));
