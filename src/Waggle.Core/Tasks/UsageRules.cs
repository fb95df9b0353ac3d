using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

internal static class UsageRules
{
    // A number that JSON accepts and cannot write (1e999) would spoil its whole batch.
    public static Error? Problem(Usage? usage)
    {
        if (usage?.CostUsd is { } cost && !(cost >= 0 && double.IsFinite(cost))) return Bad("usage.cost_usd is a number of dollars, 0 or more.");
        if (usage is { InputTokens: < 0 } or { OutputTokens: < 0 }) return Bad("usage.input_tokens and usage.output_tokens are 0 or more.");
        return null;
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
