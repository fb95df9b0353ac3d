import { deflateSync, inflateSync } from 'node:zlib';

const Signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const Colours = 256;

/** The pixels of a PNG of the browser: 8 bits a channel, not interlaced. */
export function decode(png) {
  const chunks = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  const header = chunks.find((c) => c.type === 'IHDR').data;
  const [width, height, depth, form] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  if (depth !== 8 || (form !== 2 && form !== 6)) throw new Error(`A PNG of depth ${depth} and form ${form} is not read here.`);
  const size = form === 2 ? 3 : 4;
  const raw = inflateSync(Buffer.concat(chunks.filter((c) => c.type === 'IDAT').map((c) => c.data)));
  const stride = width * size;
  const pixels = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = pixels.subarray(y * stride, (y + 1) * stride);
    const above = y > 0 ? pixels.subarray((y - 1) * stride, y * stride) : Buffer.alloc(stride);
    for (let x = 0; x < stride; x++) {
      const [left, up, corner] = [x < size ? 0 : line[x - size], above[x], x < size ? 0 : above[x - size]];
      const guess = filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      line[x] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return { width, height, size, pixels };
}

function paeth(left, up, corner) {
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** The same picture with at most 256 colours: frequent ones that differ, and for each other one the nearest of them. */
export function reduce(png) {
  const { width, height, size, pixels } = decode(png);
  const counts = new Map();
  const colourAt = (i) => (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
  for (let i = 0; i < pixels.length; i += size) counts.set(colourAt(i), (counts.get(colourAt(i)) ?? 0) + 1);
  const palette = choose([...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a)));
  const index = new Map(palette.map((colour, i) => [colour, i]));
  for (const colour of counts.keys()) if (!index.has(colour)) index.set(colour, nearest(palette, colour));
  const lines = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = index.get(colourAt((y * width + x) * size));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  [header[8], header[9]] = [8, 3];
  return Buffer.concat([Signature, chunk('IHDR', header), chunk('PLTE', Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

// A small red number counts as much as the shades between a text and its ground: colours that are close to a chosen one come last.
function choose(colours) {
  const chosen = [];
  const close = [];
  for (const colour of colours) {
    if (chosen.length === Colours) break;
    if (chosen.some((other) => distance(colour, other) < 150)) close.push(colour);
    else chosen.push(colour);
  }
  return [...chosen, ...close].slice(0, Colours);
}

function distance(a, b) {
  return ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
}

function nearest(palette, colour) {
  let [best, least] = [0, Infinity];
  for (const [i, other] of palette.entries()) {
    const far = distance(colour, other);
    if (far < least) [best, least] = [i, far];
  }
  return best;
}

const Table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of named) crc = Table[(crc ^ byte) & 255] ^ (crc >>> 8);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE((crc ^ 0xffffffff) >>> 0, named.length + 4);
  return framed;
}
