import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support.mjs';

const { Box, draw } = await source('src/lib/dag.ts');
const graph = (edges) => draw(Object.entries(edges).map(([id, after]) => ({ id, after })));
const place = (drawing, id) => drawing.nodes.find((n) => n.id === id);

test('A step is right of every step before it', () => {
  const drawing = graph({ d: ['b', 'c'], b: ['a'], c: ['a'], a: [], e: ['a', 'd'] });
  for (const edge of drawing.edges) assert.ok(place(drawing, edge.from).x + Box.width < place(drawing, edge.to).x, `${edge.from} → ${edge.to}`);
  assert.equal(drawing.edges.length, 6);
});

test('No two boxes overlap, and all lie in the picture', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 30; round++) {
    const size = 2 + Math.floor(random() * 40);
    const edges = Object.fromEntries(Array.from({ length: size }, (_, i) => [`s${i}`, Array.from({ length: i }, (_, j) => `s${j}`).filter(() => random() < 2 / size)]));
    const drawing = graph(edges);
    for (const a of drawing.nodes) {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + Box.width <= drawing.width && a.y + Box.height <= drawing.height, `${a.id} lies in the picture`);
      for (const b of drawing.nodes) assert.ok(a === b || Math.abs(a.x - b.x) >= Box.width || Math.abs(a.y - b.y) >= Box.height, `${a.id} and ${b.id} do not overlap`);
    }
  }
});

test('An edge over a layer passes beside the box in it', () => {
  const drawing = graph({ a: [], b: ['a'], c: ['b', 'a'] });
  const { path } = drawing.edges.find((e) => e.from === 'a' && e.to === 'c');
  const bend = Number(/C\S+ \S+ \S+ \S+ \S+ (\S+) H/.exec(path)[1]);
  const b = place(drawing, 'b');
  assert.ok(bend < b.y || bend > b.y + Box.height, `${bend} is not within ${b.y} to ${b.y + Box.height}`);
});

test('A step that waits for one that is not drawn stands at the left', () => {
  assert.equal(place(graph({ a: ['gone'], b: ['a'] }), 'a').x, Box.margin);
});

test('Three hundred steps are placed in less than a second', () => {
  const edges = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`s${i}`, [i - 1, i - 7, i - 60].filter((j) => j >= 0).map((j) => `s${j}`)]));
  const from = performance.now();
  assert.equal(graph(edges).nodes.length, 300);
  assert.ok(performance.now() - from < 1000);
});
