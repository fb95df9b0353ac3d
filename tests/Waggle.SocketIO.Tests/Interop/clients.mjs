// Cases over the npm socket.io-client. usage: node clients.mjs URL TRANSPORTS; one line a case, "ok" or "FAILED" first.
import assert from 'node:assert/strict';
import { io, Manager } from 'socket.io-client';

const [url, transports] = [process.argv[2], process.argv[3].split(',')];
const options = (more = {}) => ({ transports, forceNew: true, reconnection: false, ...more });
const once = (socket, event) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`no ${event} came`)), 10000);
  socket.once(event, (...args) => { clearTimeout(timer); resolve(args); });
});
// Why sockets of the case at hand were disconnected: a case that waits for an answer then hangs.
let ends = [];
const connected = async (path = '', more) => {
  const socket = io(url + path, options(more));
  await Promise.race([once(socket, 'connect'), once(socket, 'connect_error').then(([e]) => { throw e; })]);
  socket.on('disconnect', (reason, details) => ends.push(`${reason} ${details?.description?.code ?? details?.description ?? ''}`));
  return socket;
};
const cases = {
  async 'connects and has an id that is not its session'() {
    const s = await connected();
    assert.equal(s.id.length, 20);
    assert.notEqual(s.id, s.io.engine.id);
    assert.ok(!s.recovered);
    return s;
  },
  async 'brings its auth'() {
    const s = await connected('', { auth: { token: 'ü', __proto__: null } });
    assert.deepEqual(await s.emitWithAck('auth'), { token: 'ü' });
    return s;
  },
  async 'brings its auth from a function, for a namespace'() {
    const s = await connected('/custom', { auth: cb => cb({ n: 1 }) });
    assert.deepEqual(await s.emitWithAck('auth'), { n: 1 });
    return s;
  },
  async 'is refused by a middleware, with data'() {
    const s = io(url + '/guarded', options());
    const [error] = await once(s, 'connect_error');
    assert.equal(error.message, 'Who are you?');
    assert.deepEqual(error.data, { code: 401 });
    assert.equal(s.connected, false);
    s.auth = { token: 'ok' };
    s.connect();
    await once(s, 'connect');
    return s;
  },
  async 'is refused by a namespace that there is not'() {
    const s = io(url + '/nobody', options());
    assert.equal((await once(s, 'connect_error'))[0].message, 'Invalid namespace');
    return s;
  },
  async 'has several namespaces on one connection'() {
    const manager = new Manager(url, options());
    const [a, b] = [manager.socket('/'), manager.socket('/custom')];
    await Promise.all([once(a, 'connect'), once(b, 'connect')]);
    assert.notEqual(a.id, b.id);
    assert.equal(await a.emitWithAck('where'), '/');
    assert.equal(await b.emitWithAck('where'), '/custom');
    b.disconnect();
    assert.equal(await a.emitWithAck('where'), '/');
    return a;
  },
  async 'gets a namespace of a pattern'() {
    const s = await connected('/dynamic-42');
    assert.equal(await s.emitWithAck('where'), '/dynamic-42');
    return s;
  },
  async 'gets every kind of value back'() {
    const s = await connected();
    const values = [1, -1.5, '2', 'é☃😀\u2028"\\', true, false, null, { '3': [true] }, [], {}, [[['x']]], { __proto__2: 1, nested: { a: [{ b: 1 }] } }];
    const back = once(s, 'back');
    s.emit('echo', ...values);
    assert.deepEqual(await back, values);
    return s;
  },
  async 'gets bytes back, wherever they are'() {
    const s = await connected();
    const value = [Buffer.from([1, 2, 3]), { deep: [new Uint8Array([4]), 'text', Buffer.alloc(0)] }];
    const back = once(s, 'back');
    s.emit('echo', ...value);
    const [first, second] = await back;
    assert.deepEqual(Buffer.from(first), value[0]);
    assert.deepEqual(Buffer.from(second.deep[0]), Buffer.from([4]));
    assert.equal(second.deep[2].length ?? second.deep[2].byteLength, 0);
    return s;
  },
  async 'gets an acknowledgement with bytes'() {
    const s = await connected();
    const [number, bytes] = await new Promise(resolve => s.emit('ack', 7, Buffer.from([9, 8]), (...args) => resolve(args)));
    assert.equal(number, 7);
    assert.deepEqual(Buffer.from(bytes), Buffer.from([9, 8]));
    return s;
  },
  async 'waits for an acknowledgement only so long'() {
    const s = await connected();
    await assert.rejects(s.timeout(100).emitWithAck('never'), /timed out/);
    return s;
  },
  async 'answers the server'() {
    const s = await connected();
    s.on('question', (a, b, callback) => callback(a + b, Buffer.from([a, b])));
    const [sum, bytes] = await new Promise(resolve => s.emit('ask me', 2, 3, (...args) => resolve(args)));
    assert.equal(sum, 5);
    assert.deepEqual(Buffer.from(bytes), Buffer.from([2, 3]));
    return s;
  },
  async 'is answered for by no one in time'() {
    const s = await connected();
    s.on('question', () => {});
    assert.equal(await s.timeout(5000).emitWithAck('ask me shortly'), 'timeout');
    return s;
  },
  async 'hears its rooms and not those of others'() {
    const [a, b, c] = await Promise.all([connected(), connected(), connected()]);
    const heard = { a: [], b: [], c: [] };
    a.on('room', x => heard.a.push(x)); b.on('room', x => heard.b.push(x)); c.on('room', x => heard.c.push(x));
    const room = 'room-' + a.id;
    for (const s of [a, b]) await s.emitWithAck('join', room);
    await a.emitWithAck('to', room, 1);            // all but a
    await c.emitWithAck('to', room, 2);            // a and b
    await b.emitWithAck('leave', room);
    await c.emitWithAck('to', room, 3);            // a
    await Promise.all([a, b, c].map(s => s.emitWithAck('where')));
    assert.deepEqual(heard, { a: [2, 3], b: [1, 2], c: [] });
    b.disconnect(); c.disconnect();
    return a;
  },
  async 'collects the answers of a broadcast'() {
    const [a, b] = await Promise.all([connected('/ackers'), connected('/ackers')]);
    for (const s of [a, b]) s.on('who', cb => cb(s.id));
    assert.deepEqual((await a.emitWithAck('ask all')).sort(), [a.id, b.id].sort());
    b.disconnect();
    return a;
  },
  async 'gets ten thousand events in order'() {
    const s = await connected();
    const got = [];
    const done = new Promise(resolve => s.on('n', i => { got.push(i); if (got.length === 10000) resolve(); }));
    s.emit('count to', 10000);
    await done;
    assert.deepEqual(got, Array.from({ length: 10000 }, (_, i) => i));
    return s;
  },
  async 'sends ten thousand events in order'() {
    const s = await connected();
    for (let i = 0; i < 10000; i++) s.emit('add', i);
    assert.deepEqual(await s.emitWithAck('sum'), { count: 10000, ordered: true });
    return s;
  },
  async 'carries large values both ways'() {
    const s = await connected();
    const text = 'é'.repeat(400000), bytes = Buffer.alloc(600000, 7);
    const back = once(s, 'back');
    s.emit('echo', text);
    assert.equal((await back)[0], text);
    const bytesBack = once(s, 'back');
    s.emit('echo', bytes);
    assert.deepEqual(Buffer.from((await bytesBack)[0]), bytes);
    return s;
  },
  async 'is told why the server let it go'() {
    const s = await connected();
    const gone = once(s, 'disconnect');
    s.emit('leave me');
    assert.equal((await gone)[0], 'io server disconnect');
    return s;
  },
  async 'has its connection ended'() {
    const s = await connected();
    const gone = once(s, 'disconnect');
    s.emit('end me');
    assert.equal((await gone)[0], 'io server disconnect');
    return s;
  },
  async 'tells why it left'() {
    const [s, watch] = await Promise.all([connected(), connected()]);
    const gone = new Promise(resolve => watch.on('gone', (id, why) => { if (id === s.id0) resolve(why); }));
    s.id0 = s.id;
    await watch.emitWithAck('where');
    s.disconnect();
    assert.equal(await gone, 'client namespace disconnect');
    return watch;
  },
  async 'comes again after its connection broke'() {
    const s = await connected('', { reconnection: true, reconnectionDelay: 10 });
    const first = s.id;
    s.io.engine.close();
    await once(s, 'connect');
    assert.notEqual(s.id, first);
    return s;
  },
  async 'answers pings and is not let go'() {
    const s = await connected();
    let pings = 0;
    await new Promise((resolve, reject) => { s.io.on('ping', () => { if (++pings === 3) resolve(); }); s.on('disconnect', reject); });
    return s;
  },
  async 'uses the transport that was meant'() {
    const s = await connected();
    const wanted = transports.includes('websocket') ? 'websocket' : 'polling';
    if (s.io.engine.transport.name !== wanted) await once(s.io.engine, 'upgrade');
    assert.equal(s.io.engine.transport.name, wanted);
    assert.equal(await s.emitWithAck('where'), '/');
    return s;
  },
};
let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  ends = [];
  try {
    const timer = setTimeout(() => { console.log('FAILED', name, 'it hangs; disconnects:', ends); process.exit(1); }, 30000);
    (await run()).disconnect();
    clearTimeout(timer);
    console.log('ok', name);
  } catch (error) {
    failed++;
    console.log('FAILED', name, error.stack);
  }
}
process.exit(failed);
