using System.Globalization;
using Microsoft.Extensions.AI;
using Waggle.Agents.Models;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Models;

/// <summary>Counts what an attempt uses, reports it, and ends the attempt at its limits.</summary>
internal sealed class ModelMeter(TaskWork work, IModelHost host, ModelAgentOptions options, TimeProvider time)
{
    // The SDK sends one report of usage a second.
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxRounds = TimeSpan.FromSeconds(15);

    private readonly UsageDetails _sum = new();
    private int _turns;

    /// <summary>What the provider has reported so far.</summary>
    public UsageDetails Sum => _sum;

    public int Turns => _turns;

    private ModelLimits Limits => options.Limits;

    /// <summary>Counts a turn. A provider that reports no tokens leaves them unknown.</summary>
    public async Task CountAsync(UsageDetails? turn)
    {
        _turns++;
        if (turn is null)
        {
            await work.LogAsync("The provider reported no tokens for this turn.", AgentLogLevel.Warn);
            return;
        }

        _sum.Add(turn);
        await work.ReportUsageAsync(new Usage
        {
            Model = options.Model.Name,
            InputTokens = _sum.InputTokenCount,
            OutputTokens = _sum.OutputTokenCount,
            CachedTokens = _sum.CachedInputTokenCount,
            ReasoningTokens = _sum.ReasoningTokenCount,
        });
    }

    /// <summary>Checks the limits before another turn.</summary>
    /// <exception cref="TaskFailedException">One is reached; the code names it.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        if (_turns >= Limits.Turns)
            throw Reached(ModelCodes.TurnLimit, $"The model did not end within {Limits.Turns} turns (--max-turns).");
        var tokens = (_sum.InputTokenCount ?? 0) + (_sum.OutputTokenCount ?? 0);
        if (tokens >= Limits.Tokens)
            throw Reached(ModelCodes.TokenLimit, string.Create(CultureInfo.InvariantCulture, $"The model used {tokens} of {Limits.Tokens} tokens (--max-tokens)."));
        if (Limits.CostUsd is { } most && await CostAsync(cancel) is var cost && cost >= most)
            throw Reached(ModelCodes.CostLimit, string.Create(CultureInfo.InvariantCulture, $"The attempt has cost {cost} of {most} USD (--max-cost)."));
    }

    // The hub has the prices. Its answer counts when it knows of all tokens.
    private async Task<decimal> CostAsync(CancellationToken cancel)
    {
        var begin = time.GetTimestamp();
        while (time.GetElapsedTime(begin) < MaxRounds)
        {
            if (await host.ShowUsageAsync(cancel) is { } known && known.OutputTokens >= _sum.OutputTokenCount && known.InputTokens >= _sum.InputTokenCount)
            {
                return known.CostUsd ?? throw Reached(
                    ModelCodes.CostUnknown,
                    $"--max-cost limits the cost, and the hub has no price of '{options.Model.Name}'. Add it to the file of 'waggle serve --prices'.");
            }

            await Task.Delay(Round, time, cancel);
        }

        throw new TaskFailedException(ModelCodes.CostUnknown, "--max-cost limits the cost, and the hub did not say what the attempt cost so far.");
    }

    // Another attempt would reach the same limit.
    private static TaskFailedException Reached(string code, string message) => new(code, message, retryable: false);
}
