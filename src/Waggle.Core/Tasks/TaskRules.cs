using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Checks a task before its creation. Each error names the field, its rule and its value.</summary>
internal static class TaskRules
{
    private const int DayMs = 86_400_000;

    /// <param name="isRetry">Whether the task repeats another. Its references were checked when that task was created, and their targets may be deleted
    /// since.</param>
    public static Error? Problem(TaskSpec spec, IHiveView view, bool isRetry = false) => FieldProblem(spec) ?? References(spec, view, isRetry);

    /// <summary>Returns the problem of a field on its own, without its references to other entities.</summary>
    public static Error? FieldProblem(TaskSpec spec)
    {
        if (string.IsNullOrWhiteSpace(spec.Title) || spec.Title.Length > Limits.MaxTitleLength)
            return Bad($"title has 1 to {Limits.MaxTitleLength} characters.");
        if (spec.Type is { } type && !Ids.IsValid(type)) return Bad(Ids.Rule("type", type));
        if (spec.Priority is { } priority && priority is < 1 or > 5) return Bad($"priority is 1 (first) to 5 (last); it was {spec.Priority}.");
        if (spec.IdempotencyKey is { } key && !Ids.IsValid(key)) return Bad(Ids.Rule("idempotency_key", key));
        if (spec.AssignTo is { } agent && !Ids.IsValid(agent)) return Bad(Ids.Rule("assign_to", agent));
        if (spec.Requires is { } requires && CapabilityRules.Problem("requires", requires) is { } problem) return Bad(problem);
        if (spec.Metadata is { } metadata && MetadataProblem(metadata) is { } metadataProblem) return Bad(metadataProblem);
        return Verifying.VerifyRules.Problem(spec) ?? FlowRules.Problem(spec) ?? Numbers(spec);
    }

    private static Error? Numbers(TaskSpec spec) =>
        Range("lease_ms", spec.LeaseMs, 100, DayMs)
        ?? Range("max_attempts", spec.MaxAttempts, 1, 1000)
        ?? Range("poison_losses", spec.PoisonLosses, 1, 1_000_000)
        ?? Range("backoff_base_ms", spec.BackoffBaseMs, 0, DayMs)
        ?? Range("backoff_cap_ms", spec.BackoffCapMs, 0, DayMs)
        ?? Range("schedule_to_start_ms", spec.ScheduleToStartMs, 1, 365L * DayMs)
        ?? Range("start_to_close_ms", spec.StartToCloseMs, 1, 365L * DayMs)
        ?? Range("schedule_to_close_ms", spec.ScheduleToCloseMs, 1, 365L * DayMs)
        ?? Range("cancel_grace_ms", spec.CancelGraceMs, 0, DayMs);

    private static Error? References(TaskSpec spec, IHiveView view, bool isRetry)
    {
        var swarm = spec.Swarm ?? Swarms.SwarmEntity.DefaultId;
        if (view.Swarm(swarm) is null) return Missing($"There is no swarm '{swarm}'.");
        if (!isRetry && spec.Parent is { } parent && view.Task(parent) is null) return Missing($"parent: there is no task '{parent}'.");
        if (spec.DependsOn is not { } dependencies) return null;
        if (dependencies.Count > Limits.MaxDependencies)
            return Bad($"depends_on has at most {Limits.MaxDependencies} entries; there were {dependencies.Count}.");
        foreach (var id in dependencies)
        {
            if (view.Task(id) is null) return Missing($"depends_on: there is no task '{id}' (finished tasks are forgotten after their retention).");
        }

        return null;
    }

    private static string? MetadataProblem(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count > 50) return $"metadata has at most 50 entries; there were {metadata.Count}.";
        foreach (var (key, value) in metadata)
        {
            if (key.Length is 0 or > Ids.MaxLength) return $"metadata: a key has 1 to {Ids.MaxLength} characters.";
            if (value is null || value.Length > Limits.MaxTextLength) return $"metadata.{key} is text of at most {Limits.MaxTextLength} characters.";
        }

        return null;
    }

    private static Error? Range(string field, long? value, long least, long most) =>
        value is { } v && (v < least || v > most) ? Bad($"{field} is {least} to {most}; it was {v}.") : null;

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);

    private static Error Missing(string message) => new(ErrorCodes.NotFound, message);
}
