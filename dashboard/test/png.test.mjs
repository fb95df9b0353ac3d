import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, reduce } from './png.mjs';
import { browser, open } from './support.mjs';

test('A picture with few colours is the same after its reduction, and smaller', async () => {
  const chrome = await browser();
  try {
    const page = await open(chrome, 'about:blank', { width: 640, height: 400 });
    await page.setContent('<body style="background: #fbfbfa"><h1 style="color: #3556b8">Waggle</h1><p style="border: 3px solid #b3261e">A line of text</p></body>');
    const before = await page.screenshot();
    const after = reduce(before);
    assert.ok(after.length < before.length, `${after.length} < ${before.length}`);
    // The browser reads it.
    const shown = await page.evaluate(async (png) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
      canvas.drawImage(image, 0, 0);
      return [image.width, image.height, [...canvas.getImageData(0, 0, image.width, image.height).data]];
    }, after.toString('base64'));
    const { width, height, size, pixels } = decode(before);
    assert.deepEqual(shown.slice(0, 2), [width, height]);
    let differences = 0;
    for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) if (Math.abs(shown[2][i * 4 + c] - pixels[i * size + c]) > 8) differences++;
    assert.equal(differences, 0);
  } finally {
    await chrome.close();
  }
});
