import { settings } from './settings.svelte';

const Count = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A number, or a dash where it is not known. */
export function count(value: number | null | undefined): string {
  return value == null ? '–' : Count.format(value);
}

export function percent(value: number | null | undefined): string {
  return value == null ? '–' : `${Count.format(value)} %`;
}

const Cents = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const Fractions = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 });

/** US dollars; amounts below one dollar with three digits. */
export function usd(value: number | null | undefined): string {
  return value == null ? '–' : value === 0 || value >= 1 ? Cents.format(value) : Fractions.format(value);
}

export function bytes(value: number | null | undefined): string {
  if (value == null) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function duration(ms: number | null | undefined): string {
  if (ms == null) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;
  return `${Math.floor(ms / 86_400_000)} d ${Math.floor((ms % 86_400_000) / 3_600_000)} h`;
}

export function ago(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (ms < -1500) return `in ${coarse(-ms)}`;
  return ms < 1500 ? 'now' : `${coarse(ms)} ago`;
}

function coarse(ms: number): string {
  const s = ms / 1000;
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  if (s < 129_600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86_400)} d`;
}

/** The exact time, in UTC or in the browser's zone. */
export function exact(at: string): string {
  const date = new Date(at);
  if (settings.utc) return date.toISOString().replace('T', ' ').replace('Z', ' UTC');
  const two = (n: number) => String(n).padStart(2, '0');
  const zone = -date.getTimezoneOffset();
  const offset = `${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(at)}.${String(date.getMilliseconds()).padStart(3, '0')} ${offset}`;
}

/** Hours, minutes and seconds. */
export function clockTime(at: string): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return settings.utc ? at.slice(11, 19) : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function json(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? '';
}
