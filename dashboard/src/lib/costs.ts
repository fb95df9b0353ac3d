import type { BudgetSpec, BudgetView, HubRecord, UsageTotals } from '@waggle/client';
import { count, plural, usd } from './format';
import { quote } from './query';

/** The day in UTC of a time, and the one some days before. */
export function dayOf(time: number, before = 0): string {
  return new Date(time - before * 86_400_000).toISOString().slice(0, 10);
}

export const tokensOf = (usage: UsageTotals) => usage.input_tokens + usage.output_tokens;

/** Whether usage was reported, or a budget changed. */
export function isCost({ kind }: HubRecord): boolean {
  return kind === 'task_usage' || kind.startsWith('budget_');
}

/** What is known of a cost, in words. Null: it is all known. */
export function unknownOf(usage: UsageTotals): string | null {
  if (usage.unknown_costs === 0) return null;
  return `The cost of ${plural(usage.unknown_costs, 'attempt')} (each with a model) is unknown: the worker reported none, and the hub has no price for the model. It is in no sum.`;
}

/** The limits of a budget, with what is used of them. */
export function usedOf({ spec, used }: Pick<BudgetView, 'spec' | 'used'>): string {
  const parts = [
    spec.cost_usd !== undefined && `${usd(used.cost_usd ?? 0)} of ${usd(spec.cost_usd)}`,
    spec.tokens !== undefined && `${count(tokensOf(used))} of ${count(spec.tokens)} tokens`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** The same for a terminal. */
export function budgetCommand(id: string, { swarm, task, run, period, tokens, cost_usd, unknown_cost }: BudgetSpec): string {
  const scope = swarm ? ` --swarm ${quote(swarm)}` : task ? ` --task ${quote(task)}` : run ? ` --run ${quote(run)}` : '';
  const limits = `${cost_usd === undefined ? '' : ` --cost ${cost_usd}`}${unknown_cost ? ` --unknown-cost ${unknown_cost}` : ''}${tokens === undefined ? '' : ` --tokens ${tokens}`}`;
  return `waggle budget set ${quote(id)}${scope}${period === 'day' ? ' --day' : ''}${limits}`;
}
