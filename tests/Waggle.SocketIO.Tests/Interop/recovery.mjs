// A stream of events, and a client whose wire is cut again and again. usage: node recovery.mjs URL TRANSPORTS EVENTS CUTS
import { io } from 'socket.io-client';

const [url, transports, events, cuts] = [process.argv[2], process.argv[3].split(','), +process.argv[4], +process.argv[5]];
const socket = io(url, { transports, reconnectionDelay: 1, reconnectionDelayMax: 5 });
let [next, doubled, missed, cut, fresh, recovered, begun] = [0, 0, 0, 0, 0, 0, false];
const report = code => { console.log(JSON.stringify({ next, doubled, missed, cut, fresh, recovered })); process.exit(code); };
setTimeout(() => report(2), 100000);
socket.on('connect', () => {
  if (!begun) { begun = true; socket.emit('begin', events); } else if (socket.recovered) recovered++; else { fresh++; report(3); }
});
socket.on('n', i => {
  if (i < next) doubled++; else { missed += i - next; next = i + 1; }
  if (next === events) report(doubled || missed || cut < cuts ? 1 : 0);
  if (cut < cuts && next > (cut + 1) * events / (cuts + 2)) {
    cut++;
    const transport = socket.io.engine.transport;
    // Without a word, as when a cable is pulled. Over polling behind the answer that is being told: the client would tell the rest of it twice, by itself.
    if (transport.ws) transport.ws._socket.destroy(); else setImmediate(() => socket.io.engine.close());
  }
});
