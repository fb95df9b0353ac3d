import { go, href } from './router.svelte';

const Places: Record<string, string> = { o: 'overview', t: 'tasks', a: 'agents', s: 'swarm', e: 'errors', l: 'alerts', v: 'votes', m: 'memory', r: 'stream', y: 'system', c: 'schedules', h: 'chat', q: 'questions', w: 'workflows', p: 'predictions', b: 'costs' };

/** Whether a key belongs to the field that has the focus. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return target.matches('input, textarea, select, [contenteditable]') || event.ctrlKey || event.metaKey || event.altKey || !!document.querySelector('dialog[open]');
}

/** The keys of every view: Ctrl K or ? finds, / filters, g and a letter goes to a view. */
export function shortcuts(find: () => void): () => void {
  let going = false;
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'k' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      find();
    } else if (isTyping(event)) return;
    else if (event.key === '?') {
      // The key itself is no part of what is looked for.
      event.preventDefault();
      find();
    } else if (event.key === '/') {
      const filter = document.querySelector<HTMLInputElement>('main input[type=search]');
      if (filter) event.preventDefault();
      filter?.focus();
    } else if (going && Places[event.key]) go(href(Places[event.key]!));
    going = !going && event.key === 'g';
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}
