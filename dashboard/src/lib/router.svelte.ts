/** The place of the page is in the fragment, so that it works behind any prefix: #/tasks?q=state:failed */
export interface Route {
  view: string;
  id: string;
  query: URLSearchParams;
}

function parse(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/');
  return { view: view || 'overview', id: decode(rest.join('/')), query: new URLSearchParams(query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

let current = $state.raw(parse());

let prepare: (view: string) => Promise<unknown> = async () => {};
let asked = 0;

/** Sets what happens before the page goes to a view: until then the present one keeps its own address. */
export function prepareWith(load: (view: string) => Promise<unknown>): void {
  prepare = load;
}

window.addEventListener('hashchange', async () => {
  const next = parse();
  const turn = ++asked;
  await prepare(next.view);
  if (turn === asked) current = next;
});

/** The route, which reacts to the address. */
export function route(): Route {
  return current;
}

export function href(view: string, id = '', query: Record<string, string | undefined> = {}): string {
  const set = Object.entries(query).filter((p): p is [string, string] => !!p[1]);
  const text = new URLSearchParams(set).toString();
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ''}${text ? `?${text}` : ''}`;
}

export function go(address: string): void {
  location.hash = address;
}

/** Changes the query of the present view in place: typing into a filter makes no history. */
export function setQuery(query: Record<string, string | undefined>): void {
  const { view, id } = current;
  history.replaceState(null, '', href(view, id, query));
  current = parse();
}
