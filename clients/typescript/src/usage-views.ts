/** Usage, costs and budgets of waggle.v1 (spec/waggle.v1.md#usage-and-budgets). */
import type { UsageTotals } from './task-views.js';

/** What a budget covers, and its limits, at least one. It names a swarm, a task, or neither for the whole hive. */
export interface BudgetSpec {
  swarm?: string;
  task?: string;
  run?: string;
  /** `day`: each day in UTC anew. */
  period?: 'total' | 'day';
  /** The limit of input and output tokens together. */
  tokens?: number;
  /** The limit in US dollars. */
  cost_usd?: number;
  /** Whether agents whose costs are unknown get work under a limit in US dollars; left out, they do not. */
  unknown_cost?: 'refuse' | 'allow';
}

export interface BudgetView {
  id: string;
  spec: BudgetSpec;
  /** `warned` from 80 % on, `spent` from 100 % on. */
  state: 'open' | 'warned' | 'spent';
  used: UsageTotals;
  /** The greater of the used shares of tokens and money; 1 is 100 %. */
  used_share: number;
  set_by: string;
  set_at: string;
}

/** The usage of a day, swarm, agent or model, or of a combination of them. */
export interface CostRow {
  day?: string;
  swarm?: string;
  agent?: string;
  model?: string;
  usage: UsageTotals;
}

/** The usage of some days in UTC, the last one included. */
export interface CostReport {
  rows: CostRow[];
  total: UsageTotals;
  from: string;
  to: string;
}
