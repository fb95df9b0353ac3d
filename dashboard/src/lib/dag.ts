/** A step and the steps before it. */
export interface Vertex {
  id: string;
  after: string[];
}

export interface Drawing {
  width: number;
  height: number;
  nodes: { id: string; x: number; y: number }[];
  edges: { from: string; to: string; path: string }[];
}

/** The size of a box, and the distance between two boxes and two layers. */
export const Box = { width: 160, height: 46, row: 62, column: 204, margin: 10 };

const Sweeps = 4;
const MostBends = 4000;

interface Node {
  id: string;
  /** A bend of an edge that passes a layer. */
  bend: boolean;
  layer: number;
  y: number;
  before: Node[];
  next: Node[];
}

/**
 * Places the steps of a graph without circles in layers from left to right: each right of all before it, ordered so that few edges cross. An edge over
 * several layers has a bend in each, so that it passes between the boxes.
 */
export function draw(vertices: Vertex[]): Drawing {
  const real = new Map<string, Node>(vertices.map((v) => [v.id, { id: v.id, bend: false, layer: 0, y: 0, before: [], next: [] }]));
  const edges = vertices.flatMap((v) => v.after.filter((a) => real.has(a)).map((a) => [real.get(a)!, real.get(v.id)!] as const));
  place(real, edges);
  const layers: Node[][] = [];
  for (const node of real.values()) (layers[node.layer] ??= []).push(node);
  const chains = edges.map(([from, to]) => chain(from, to, layers));
  order(layers);
  for (let i = 0; i < Sweeps; i++) settle(layers, i % 2 === 0);
  const top = Math.min(0, ...layers.flat().map((n) => n.y));
  const x = (n: Node) => Box.margin + n.layer * Box.column;
  const y = (n: Node) => Box.margin + (n.y - top) * Box.row;
  return {
    width: 2 * Box.margin + Math.max(0, layers.length - 1) * Box.column + Box.width,
    height: 2 * Box.margin + Math.max(0, ...layers.flat().map((n) => n.y - top)) * Box.row + Box.height,
    nodes: [...real.values()].map((n) => ({ id: n.id, x: x(n), y: y(n) })),
    edges: chains.map((nodes) => ({ from: nodes[0]!.id, to: nodes.at(-1)!.id, path: pathOf(nodes, x, y) })),
  };
}

// The layer of a step is the longest way to it. Each edge is looked at once.
function place(nodes: Map<string, Node>, edges: (readonly [Node, Node])[]): void {
  const open = new Map<Node, number>();
  const next = new Map<Node, Node[]>();
  for (const [from, to] of edges) {
    open.set(to, (open.get(to) ?? 0) + 1);
    if (!next.has(from)) next.set(from, []);
    next.get(from)!.push(to);
  }
  const ready = [...nodes.values()].filter((n) => !open.has(n));
  for (let node = ready.pop(); node; node = ready.pop()) {
    for (const to of next.get(node) ?? []) {
      to.layer = Math.max(to.layer, node.layer + 1);
      open.set(to, open.get(to)! - 1);
      if (open.get(to) === 0) ready.push(to);
    }
  }
}

// The nodes that an edge passes, with new bends between its ends; one that would need too many goes straight.
function chain(from: Node, to: Node, layers: Node[][]): Node[] {
  const nodes = [from];
  const room = layers.reduce((sum, l) => sum + l.length, 0) < MostBends;
  for (let layer = from.layer + 1; room && layer < to.layer; layer++) {
    const bend: Node = { id: '', bend: true, layer, y: 0, before: [], next: [] };
    (layers[layer] ??= []).push(bend);
    nodes.push(bend);
  }
  nodes.push(to);
  for (let i = 1; i < nodes.length; i++) {
    nodes[i - 1]!.next.push(nodes[i]!);
    nodes[i]!.before.push(nodes[i - 1]!);
  }
  return nodes;
}

const mean = (nodes: Node[], otherwise: number) => (nodes.length === 0 ? otherwise : nodes.reduce((sum, n) => sum + n.y, 0) / nodes.length);

// Sorts each layer by the mean place of its neighbours, forth and back.
function order(layers: Node[][]): void {
  const number = (layer: Node[]) => layer.forEach((n, i) => (n.y = i));
  layers.forEach(number);
  for (let sweep = 0; sweep < 2 * Sweeps; sweep++) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : [...layers].reverse()) {
      const wish = new Map(layer.map((n) => [n, mean(forth ? n.before : n.next, n.y)]));
      layer.sort((a, b) => wish.get(a)! - wish.get(b)!);
      number(layer);
    }
  }
}

// Moves the nodes of each layer towards their neighbours; their order and the distance of at least one row stay.
function settle(layers: Node[][], forth: boolean): void {
  for (const layer of forth ? layers : [...layers].reverse()) {
    const wish = layer.map((n) => mean(forth ? n.before : n.next, n.y));
    const places: number[] = [];
    layer.forEach((_, i) => places.push(i === 0 ? wish[0]! : Math.max(wish[i]!, places[i - 1]! + 1)));
    const shift = places.reduce((sum, p, i) => sum + wish[i]! - p, 0) / Math.max(1, layer.length);
    layer.forEach((n, i) => (n.y = places[i]! + shift));
  }
}

function pathOf(nodes: Node[], x: (n: Node) => number, y: (n: Node) => number): string {
  const round = (n: number) => Math.round(n * 10) / 10;
  const middle = (n: Node) => round(y(n) + Box.height / 2);
  let text = `M${x(nodes[0]!) + Box.width} ${middle(nodes[0]!)}`;
  for (let i = 1; i < nodes.length; i++) {
    const [from, to] = [nodes[i - 1]!, nodes[i]!];
    const left = x(from) + Box.width;
    const half = (left + x(to)) / 2;
    text += ` C${half} ${middle(from)} ${half} ${middle(to)} ${x(to)} ${middle(to)}`;
    if (to.bend) text += ` H${x(to) + Box.width}`;
  }
  return text;
}
