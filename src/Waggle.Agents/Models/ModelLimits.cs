namespace Waggle.Agents.Models;

/// <summary>What one attempt at a task may use. They are checked before each request after the first, so an attempt exceeds them by one turn at most.</summary>
/// <param name="Turns">The requests to the model.</param>
/// <param name="Tokens">The tokens of all input and output together.</param>
/// <param name="CostUsd">The cost by the hub's prices in US dollars; null for no limit.</param>
/// <param name="Time">The time from the first request on.</param>
/// <param name="OutputTokens">The tokens of one answer; null for the provider's own limit.</param>
public sealed record ModelLimits(int Turns, long Tokens, decimal? CostUsd, TimeSpan Time, int? OutputTokens);
