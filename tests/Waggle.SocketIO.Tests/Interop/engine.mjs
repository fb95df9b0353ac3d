// Cases over the npm engine.io-client, which here speaks Socket.IO by hand. usage: node engine.mjs URL
import assert from 'node:assert/strict';
import { Socket } from 'engine.io-client';

const url = process.argv[2];
const once = (e, event) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`no ${event} came`)), 10000);
  e.once(event, (...args) => { clearTimeout(timer); resolve(args); });
});
const open = async (more = {}) => {
  const e = new Socket(url, { path: '/socket.io/', ...more });
  e.binaryType = 'nodebuffer';
  await Promise.race([once(e, 'open'), once(e, 'error').then(([x]) => { throw x; })]);
  e.send('0');
  const [reply] = await once(e, 'message');
  assert.match(reply, /^0\{"sid":"[\w-]{20}"\}$/);
  return e;
};
const cases = {
  async 'polls'() {
    const e = await open({ transports: ['polling'] });
    const back = once(e, 'message');
    e.send('2["echo","é"]');
    assert.equal((await back)[0], '2["back","é"]');
    return e;
  },
  async 'cuts what it posts by the payload that is allowed'() {
    const e = await open({ transports: ['polling'] });
    let count = 0;
    const all = new Promise(resolve => e.on('message', () => { if (++count === 5) resolve(); }));
    for (let i = 0; i < 5; i++) e.send(`2["echo","${'x'.repeat(400000)}"]`);
    await all;
    return e;
  },
  async 'upgrades while messages are under way, and loses none'() {
    const e = await open();
    const got = [];
    const all = new Promise(resolve => e.on('message', m => { got.push(m); if (got.length === 500) resolve(); }));
    const upgraded = e.transport.name === 'websocket' || once(e, 'upgrade');
    for (let i = 0; i < 500; i++) { e.send(`2["echo",${i}]`); if (i % 10 === 0) await new Promise(setImmediate); }
    await all; await upgraded;
    assert.deepEqual(got, Array.from({ length: 500 }, (_, i) => `2["back",${i}]`));
    assert.equal(e.transport.name, 'websocket');
    return e;
  },
  async 'sends bytes behind their packet'() {
    const e = await open({ transports: ['websocket'] });
    const got = [];
    const all = new Promise(resolve => e.on('message', m => { got.push(m); if (got.length === 3) resolve(); }));
    e.send('52-["echo",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]'); e.send(Buffer.from([1])); e.send(Buffer.from([2]));
    await all;
    assert.deepEqual(got, ['52-["back",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]', Buffer.from([1]), Buffer.from([2])]);
    return e;
  },
  ...Object.fromEntries(['abc', '2{}', '2abc["a"]', '511-["a"]', '51-["a"', '2["disconnect"]', '2/nowhere,["a"]', '0'].flatMap(bad => ['websocket', 'polling'].map(t =>
    [`is let go over ${t} after ${bad}`, async () => {
      const e = await open({ transports: [t] });
      const gone = once(e, 'close');
      e.send(bad);
      await gone;
      return e;
    }]))),
};
let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  try {
    (await run()).close();
    console.log('ok', name);
  } catch (error) {
    failed++;
    console.log('FAILED', name, error.stack);
  }
}
process.exit(failed);
