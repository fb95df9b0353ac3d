// 1,000 Socket.IO clients of one room that poll, 30 events/s of 280 bytes for 10 s: the server's CPU a delivery. usage: polling.mjs PORT PID
import { readFileSync } from 'node:fs';
import http from 'node:http';

const [port, pid] = process.argv.slice(2).map(Number);
const path = '/socket.io/?EIO=4&transport=polling';
const agent = new http.Agent({ keepAlive: true, maxSockets: 5000 });

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'text/plain;charset=UTF-8', 'content-length': Buffer.byteLength(body) } : {};
    const request = http.request({ port, host: '127.0.0.1', method, path, agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(`${answer.statusCode} ${text}`))));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const cpuMs = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, ticks) => sum + ticks * 10, 0);

let got = 0;
async function client() {
  const { sid } = JSON.parse((await ask('GET', path)).slice(1));
  const url = `${path}&sid=${sid}`;
  for (const packet of ['40', '42["subscribe","c"]']) {
    await ask('POST', url, packet);
    await ask('GET', url);
  }
  poll(url);
  return url;
}

async function poll(url) {
  for (;;) {
    for (const packet of (await ask('GET', url)).split('\x1e')) {
      if (packet === '2') await ask('POST', url, '3');
      else if (packet.startsWith('42')) got++;
    }
  }
}

const urls = [];
while (urls.length < 1000) urls.push(...(await Promise.all(Array.from({ length: 50 }, client))));
const event = `42["publish",{"channel":"c","data":{"pad":"${'x'.repeat(200)}"}}]`;
async function publish(seconds) {
  const begin = Date.now();
  for (let n = 1; Date.now() - begin < seconds * 1000; n++) {
    await ask('POST', urls[0], event);
    await pause(Math.max(0, begin + n * 33 - Date.now()));
  }
}

await publish(2);
got = 0;
const before = cpuMs();
await publish(10);
console.log(JSON.stringify({ got, server_cpu_us_per_delivery: Number((((cpuMs() - before) * 1000) / got).toFixed(2)) }));
process.exit(0);
