// A stream of events, and a client whose wire is cut again and again. usage: node recovery.mjs URL TRANSPORTS EVENTS CUTS
import { io } from 'socket.io-client';

const [url, transports, events, cuts] = [process.argv[2], process.argv[3].split(','), +process.argv[4], +process.argv[5]];
const socket = io(url, { transports, reconnectionDelay: 1, reconnectionDelayMax: 5 });
let [next, doubled, missed, cut, fresh, recovered, begun, cutting] = [0, 0, 0, 0, 0, 0, false, false];
const report = code => { console.log(JSON.stringify({ next, doubled, missed, cut, fresh, recovered })); process.exit(code); };
setTimeout(() => report(2), 150000);

// Without a word, as when a cable is pulled. Over polling the cut waits until the payload that is being read is read to its end and no upgrade is under
// way. The client defers a close during an upgrade (and until its own packets are written): it then puts the events of the last payload into its receive
// buffer without remembering their offset, emits them when it is back, and gets them from the server once more. Node's server doubles them in the same way.
const cutWire = engine => {
  if (engine.transport.ws) engine.transport.ws._socket.destroy();
  else if (engine.upgrading || engine.writeBuffer.length > 0) return setImmediate(cutWire, engine);
  else engine.close();
  cut++;
  cutting = false;
};

socket.on('connect', () => {
  if (!begun) { begun = true; socket.emit('begin'); } else if (socket.recovered) recovered++; else { fresh++; report(3); }
  socket.emit('seen', next);
});
socket.on('n', i => {
  if (i < next) doubled++; else { missed += i - next; next = i + 1; }
  if (next >= events && cut >= cuts) report(doubled || missed ? 1 : 0);
  if (next % 50 === 0) socket.emit('seen', next);
  if (!cutting && cut < cuts && next > (cut + 1) * events / (cuts + 2)) {
    cutting = true;
    const engine = socket.io.engine;
    if (engine.transport.ws) cutWire(engine); else setImmediate(cutWire, engine);
  }
});
