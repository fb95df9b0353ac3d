import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';
import { browser, Hub, live, open } from './support.mjs';

/** A proxy that has the hub below /waggle/ and nothing else, and passes the path on as `pathOf` says. */
async function proxy(hub, pathOf) {
  const ask = (asked) => request({ host: '127.0.0.1', port: hub.port, method: asked.method, path: pathOf(asked.url), headers: asked.headers });
  const server = createServer((asked, answer) => {
    if (!asked.url.startsWith('/waggle')) return void answer.writeHead(404).end();
    asked.pipe(ask(asked).on('response', (got) => got.pipe(answer.writeHead(got.statusCode, got.headers))));
  });
  server.on('upgrade', (asked, socket) => {
    if (!asked.url.startsWith('/waggle/')) return void socket.destroy();
    ask(asked).on('upgrade', (got, hubSocket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${Object.entries(got.headers).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
      hubSocket.pipe(socket).pipe(hubSocket);
      for (const s of [socket, hubSocket]) s.on('error', () => (socket.destroy(), hubSocket.destroy()));
    }).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/waggle`, close: () => (server.closeAllConnections(), server.close()) };
}

const Proxies = { 'keeps the path': (path) => path, 'removes the path': (path) => path.slice('/waggle'.length) || '/' };

let chrome;
let hub;
before(async () => ([chrome, hub] = [await browser(), await Hub.start('--base-path', '/waggle')]));
after(async () => {
  await chrome.close();
  await hub.dispose();
});

for (const [name, pathOf] of Object.entries(Proxies)) {
  test(`Behind a proxy that ${name}, the page loads its views and its logs, and follows`, async () => {
    const front = await proxy(hub, pathOf);
    try {
      const page = await open(chrome, `${front.url}/`);
      await live(page);
      assert.equal(new URL(page.url()).pathname, '/waggle/ui/');
      await page.goto(`${front.url}/ui/#/tasks`);
      await live(page);
      const title = `Behind ${name}`;
      const [task] = (await hub.post('tasks', [{ title }])).tasks;
      await page.getByText(title).waitFor();
      await page.getByRole('link', { name: task.id, exact: true }).click();
      await page.getByRole('region', { name: 'Log' }).waitFor();
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    } finally {
      front.close();
    }
  });
}
