using System.Text.Json;

namespace Waggle.Agents.Claude;

/// <summary>The last line of a run of Claude Code.</summary>
internal static class ClaudeResult
{
    private const int TooManyRequests = 429;

    public static IEnumerable<AgentFact> Read(JsonElement root, AgentStart start)
    {
        foreach (var usage in Usages(root, start)) yield return usage;
        foreach (var denial in root.Items("permission_denials"))
        {
            var tool = denial.Text("tool_name") ?? "a tool";
            yield return new DenialFact(tool, denial.Text("tool_use_id") ?? tool);
        }

        var status = root.Count("api_error_status");
        var errors = string.Join("; ", root.Items("errors").Select(e => e.ToString()));
        var text = root.Text("result") is { Length: > 0 } result ? result : null;
        var subtype = root.Text("subtype") ?? "unknown";
        if (status == TooManyRequests) yield return new RateLimitFact(text ?? "the API answered 429");
        if (subtype == "success" && !root.Is("is_error")) yield return new EndFact(text);
        else yield return Failure(subtype, status, errors.Length > 0 ? errors : text ?? $"The agent ended with {subtype}.");
    }

    private static EndFact Failure(string subtype, long? status, string message) =>
        new(null, Code(subtype, status), message, IsRetryable(subtype, status));

    // On resume, total_cost_usd and modelUsage contain the runs before this one. Older versions lack the table of this run.
    private static IEnumerable<AgentFact> Usages(JsonElement root, AgentStart start)
    {
        var since = root.At("model_usage_since_last_result");
        var models = since.ValueKind == JsonValueKind.Object ? since : start.Resumes ? default : root.At("modelUsage");
        if (models.ValueKind == JsonValueKind.Object)
            return models.Fields().Select(model => new UsageFact(UsageScope.Run, ClaudeUsage.OfModel(model.Name, model.Value)));
        return root.At("usage").ValueKind == JsonValueKind.Object ? [new UsageFact(UsageScope.Run, ClaudeUsage.OfMessage(start.Model, root.At("usage")))] : [];
    }

    private static string Code(string subtype, long? status) => (subtype, status) switch
    {
        (_, TooManyRequests) => AgentCodes.RateLimited,
        (_, { } other) => $"API_{other}",
        ("success", _) => "AGENT_ERROR",
        _ => subtype.ToUpperInvariant(),
    };

    // What the request itself causes comes again: a budget, a limit of turns, a wrong request, a missing permission.
    private static bool IsRetryable(string subtype, long? status) => status switch
    {
        null => subtype is not ("error_max_budget_usd" or "error_max_turns"),
        408 or 409 or TooManyRequests or >= 500 => true,
        _ => false,
    };
}
