export interface Member {
  agent: string;
  role: string;
  parent?: string;
  next?: string;
}

export interface Graph {
  width: number;
  height: number;
  nodes: (Member & { x: number; y: number })[];
  links: { from: string; to: string }[];
}

const Step = 110;
const MostLinks = 400;

/** Places the agents of a swarm: on a circle, or below each other where there are parents. The links are those of the topology, each once. */
export function layout(kind: string, members: Member[]): Graph {
  const present = members.filter((m) => m.role !== 'absent');
  const links = linksOf(kind, present);
  const tree = present.some((m) => m.parent);
  return tree ? layered(members, links) : circle(members, links);
}

function linksOf(kind: string, members: Member[]): Graph['links'] {
  const links: Graph['links'] = [];
  const known = new Set(members.map((m) => m.agent));
  for (const m of members) {
    if (m.parent && known.has(m.parent)) links.push({ from: m.parent, to: m.agent });
    if (m.next && known.has(m.next)) links.push({ from: m.agent, to: m.next });
  }
  const peers = kind === 'mesh' ? members : kind === 'hierarchical_mesh' ? members.filter((m) => m.role === 'lead') : [];
  for (let i = 0; i < peers.length; i++) for (let j = i + 1; j < peers.length && links.length < MostLinks; j++) links.push({ from: peers[i]!.agent, to: peers[j]!.agent });
  return links.filter((l, i) => links.findIndex((o) => (o.from === l.from && o.to === l.to) || (o.from === l.to && o.to === l.from)) === i);
}

function circle(members: Member[], links: Graph['links']): Graph {
  const radius = Math.max(110, (members.length * Step) / (2 * Math.PI));
  const width = Math.max(760, 2 * radius + 160);
  const height = 2 * radius + 90;
  const nodes = members.map((m, i) => {
    const angle = (i / members.length) * 2 * Math.PI - Math.PI / 2;
    const only = members.length === 1;
    return { ...m, x: width / 2 + (only ? 0 : radius * Math.cos(angle)), y: height / 2 - 8 + (only ? 0 : radius * Math.sin(angle)) };
  });
  return { width, height, nodes, links };
}

function layered(members: Member[], links: Graph['links']): Graph {
  const byId = new Map(members.map((m) => [m.agent, m]));
  const depth = (m: Member, seen = 0): number => (m.parent && byId.has(m.parent) && seen < 32 ? 1 + depth(byId.get(m.parent)!, seen + 1) : 0);
  const rows: Member[][] = [];
  for (const m of members) (rows[m.role === 'absent' ? 0 : depth(m)] ??= []).push(m);
  const widest = Math.max(...rows.map((r) => r?.length ?? 0));
  const width = Math.max(760, widest * Step + 60);
  const nodes = rows.flatMap((row, y) => (row ?? []).map((m, i) => ({ ...m, x: ((i + 0.5) * width) / row.length, y: 40 + y * 105 })));
  return { width, height: rows.length * 105 + 10, nodes, links };
}
