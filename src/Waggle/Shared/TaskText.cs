using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Shared;

/// <summary>Formats tasks for people.</summary>
internal static class TaskText
{
    public static void Created(Printer print, TaskCreated created)
    {
        if (print.IsJson)
        {
            Printer.Json(created, HubJson.Default.TaskCreated);
            return;
        }

        var agents = created.MatchingAgents == 1 ? "1 agent" : $"{created.MatchingAgents} agents";
        Printer.Line($"{created.Id} {SnakeCase.Of(created.State)}{(created.Duplicate ? " (it exists already)" : $", {agents} could take it")}");
        if (created.UnschedulableReason is { } reason) Waits(reason);
    }

    /// <summary>Prints why a task cannot be assigned.</summary>
    public static void Waits(UnschedulableReason reason) => Printer.Note($"it waits: {reason.Message}");

    public static void Show(TaskView task)
    {
        Printer.Pairs([.. Spec(task), .. State(task), ("input", Json(task.Spec.Input)), ("result", Json(task.Result))]);
        foreach (var attempt in task.Attempts ?? []) Attempt(attempt);
    }

    /// <summary>Returns the time that the current attempt has run, or that the last one ran; null if no start was reported.</summary>
    public static TimeSpan? Ran(TaskView task, DateTimeOffset now) => task.Lease?.StartedAt is { } started ? (task.EndedAt ?? now) - started : null;

    public static string Percent(double progress) => string.Create(CultureInfo.InvariantCulture, $"{progress * 100:0.#} %");

    private static void Attempt(AttemptView attempt)
    {
        var took = Durations.Text(attempt.EndedAt - (attempt.StartedAt ?? attempt.AssignedAt));
        Printer.Line($"attempt {attempt.Attempt}: {attempt.Outcome} by {attempt.Agent} after {took}{Why(attempt.Reason)}");
        if (attempt.Error is { } error) Printer.Line($"    error: {error.Code}: {error.Message}");
        if (attempt.LastProgress is { } progress && attempt.Outcome != "completed") Printer.Line($"    got to {Percent(progress)}");
        if (Used(attempt.Usage) is { } usage) Printer.Line($"    usage: {usage}");
        foreach (var model in attempt.ModelUsage ?? []) Printer.Line($"      of it: {Used(model)}");
        foreach (var line in attempt.LogTail ?? []) Printer.Line($"    | {line}");
    }

    private static IEnumerable<(string Name, string? Value)> Spec(TaskView task) =>
    [
        ("task", task.Id),
        ("title", task.Spec.Title),
        ("type", task.Spec.Type),
        ("swarm", task.Swarm),
        ("priority", task.Priority.ToString(CultureInfo.InvariantCulture)),
        ("requires", task.Spec.Requires is { Count: > 0 } needs ? Capabilities.Text(needs) : null),
        ("depends on", task.Spec.DependsOn is { Count: > 0 } ids ? string.Join(' ', ids) : null),
        ("only for", task.Assignee ?? task.Spec.AssignTo),
        ("parent", task.Spec.Parent),
        ("retry of", task.RetryOf),
        ("metadata", task.Spec.Metadata is { Count: > 0 } data ? string.Join(' ', data.Select(d => $"{d.Key}={d.Value}")) : null),
        ("created", $"{Printer.Time(task.CreatedAt)}{By(task.CreatedBy)}"),
    ];

    private static IEnumerable<(string Name, string? Value)> State(TaskView task) =>
    [
        ("state", SnakeCase.Of(task.State) + (task.DeadLetter ? " (dead letter)" : "")),
        ("waiting because", task.UnschedulableReason?.Message),
        ("waiting for", task.Question is { } question ? $"an answer to question {question}" : task.WaitingFor),
        ("asked to stop", task.StopReason),
        ("assigned to", task.IsHeld() && task.Lease is { } lease ? Holder(lease) : null),
        ("estimate", task.IsHeld() && task.Lease?.Estimate is { } estimate ? Expected(estimate) : null),
        ("progress", task.Progress is { } progress ? Percent(progress) : null),
        ("remaining", task.RemainingMs is { } remaining ? $"about {Durations.Text(TimeSpan.FromMilliseconds(remaining))}" : null),
        ("next retry", task.NextRetryAt is { } retry ? Printer.Time(retry) : null),
        ("cancelled", task.CancelRequested || task.CancelledBy is not null ? $"{task.CancelReason ?? "no reason given"}{By(task.CancelledBy)}" : null),
        ("ended", task.EndedAt is { } ended ? Printer.Time(ended) : null),
        ("error", task.Error is { } error ? $"{error.Code}: {error.Message}" : null),
        ("counts", string.Join(", ",
            Count(task.Attempt, "attempt", "attempts"), Count(task.Failures, "failure", "failures"),
            Count(task.Losses, "loss", "losses"), Count(task.Refusals, "refusal", "refusals"))),
        ("usage", Used(task.Usage)),
        ("usage of all attempts", task.TotalUsage is { } total && task.Attempt > 1 ? Used(total) : null),
    ];

    private static string Expected(DurationEstimate estimate) =>
        $"{Durations.Text(TimeSpan.FromMilliseconds(estimate.P50Ms))}, 9 of 10 within {Durations.Text(TimeSpan.FromMilliseconds(estimate.P90Ms))}"
        + $" (the last {estimate.Samples} of this agent and type)";

    private static string Count(int number, string one, string many) => $"{number} {(number == 1 ? one : many)}";

    private static string Holder(LeaseInfo lease) =>
        $"{lease.Agent}, attempt {lease.Attempt}, since {Printer.Time(lease.StartedAt ?? lease.AssignedAt)}{Why(lease.Reason)}";

    private static string? Json(RawJson value) => value.IsNull ? null : JsonText.ForTerminal(value);

    private static string By(string? who) => who is null ? "" : $" by {who}";

    private static string Why(AssignmentReason? reason)
    {
        if (reason is null) return "";
        var skill = reason.Proficiency is { } p ? $"proficiency {p:0.##}, " : "";
        var again = reason.Avoided ? ", although it failed on this agent before" : "";
        if (reason.Resumed) again = ", because it asked the question";
        return string.Create(
            CultureInfo.InvariantCulture, $" (chosen of {reason.Candidates}: {skill}{reason.FreeShare * 100:0} % free, score {reason.Score:0.###}{again})");
    }

    private static string? Used(Usage? usage)
    {
        if (usage is null) return null;
        var parts = new[]
        {
            usage.Model, usage.InputTokens is { } i ? $"{i} tokens in" : null, usage.OutputTokens is { } o ? $"{o} tokens out" : null,
            usage.CostUsd is { } cost ? string.Create(CultureInfo.InvariantCulture, $"{cost:0.############} USD{Basis(usage.CostBasis)}") : null,
        };
        return string.Join(", ", parts.Where(p => p is not null));
    }

    private static string Used(UsageTotals total)
    {
        var cost = total.CostUsd is { } known ? string.Create(CultureInfo.InvariantCulture, $", {known:0.############} USD") : "";
        var unknown = total.UnknownCosts > 0 ? $", {total.UnknownCosts} with an unknown cost" : "";
        return $"{total.InputTokens} tokens in, {total.OutputTokens} tokens out{cost}{unknown}";
    }

    private static string Basis(CostBasis? basis) => basis is { } known ? $" ({SnakeCase.Of(known)})" : "";
}
