// Runs npm's own client of Socket.IO: the calls of its handlers go to standard output, a JSON object a line. A line on standard input is an event that its user emits.
// node socket_io.js CLIENT_MODULE URL TRANSPORTS CATEGORIES EVENT...
const readline = require('readline');
const [client, url, transports, categories, ...events] = process.argv.slice(2);
const { io } = require(client);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

const socket = io(url, { transports: transports.split(','), reconnectionDelay: 1, reconnectionDelayMax: 20 });
let since;
for (const event of events) {
  socket.on(event, (data) => {
    if (data.position) since = data.position;
    say({ handler: event, data });
  });
}

socket.on('connect', () => {
  const request = { categories: categories.split(',') };
  if (since) request.since = since;
  socket.emit('subscribe', request, (data) => say({ handler: 'subscribed', data, ready: true }));
});
socket.on('disconnect', () => say({ handler: 'disconnected', data: {} }));
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { event, argument, ack } = JSON.parse(line);
  if (event === 'transport') say({ handler: 'transport', data: { name: socket.io.engine.transport.name } });
  else if (ack) socket.emit(event, argument, (data) => say({ handler: `ack ${event}`, data }));
  else socket.emit(event, argument);
}).on('close', () => process.exit(0));
