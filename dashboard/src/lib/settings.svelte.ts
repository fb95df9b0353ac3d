export type Theme = 'system' | 'light' | 'dark';

const Key = 'waggle-settings';

function load(): { theme: Theme; utc: boolean } {
  try {
    return { theme: 'system', utc: false, ...JSON.parse(localStorage.getItem(Key) ?? '{}') };
  } catch {
    // A browser without storage has the defaults.
    return { theme: 'system', utc: false };
  }
}

/** What a person chose in this browser. */
export const settings = $state(load());

export function applyTheme(): void {
  if (settings.theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = settings.theme;
}

export function change(next: Partial<{ theme: Theme; utc: boolean }>): void {
  Object.assign(settings, next);
  applyTheme();
  try {
    localStorage.setItem(Key, JSON.stringify(settings));
  } catch {
    // The choice then lasts as long as the page.
  }
}

/** The time of the page, which relative times follow; it stands still while the page is hidden. */
export const clock = $state({ now: Date.now() });

setInterval(() => {
  if (!document.hidden) clock.now = Date.now();
}, 1000);
document.addEventListener('visibilitychange', () => (clock.now = Date.now()));
