using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>Prints runs and the trees of their steps.</summary>
internal static class WorkflowText
{
    /// <param name="steps">The steps; null prints the run alone.</param>
    public static int Print(HubCall call, WorkflowRunView run, IReadOnlyList<WorkflowStepView>? steps)
    {
        if (call.Print.IsJson) Printer.Json(run, HubJson.Default.WorkflowRunView);
        else Printer.Pairs(Pairs(run));
        if (call.Print.IsJson || steps is null) return ExitCodes.Ok;
        foreach (var line in Tree(steps)) Printer.Line(line);
        return ExitCodes.Ok;
    }

    public static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    /// <summary>Returns one line for the run.</summary>
    public static string Line(WorkflowRunView run)
    {
        var left = run.RemainingMs is { } ms ? $", about {Durations.Text(TimeSpan.FromMilliseconds(ms))} left" : "";
        return $"{run.Workflow} {run.Id}: {SnakeCase.Of(run.State)}, {Percent(run.Progress)} ({run.EndedSteps} of {run.Steps} steps){left}";
    }

    /// <summary>Returns a line for each step. A step stands below the last of the steps before it, so that a line shows what it waited for.</summary>
    public static IReadOnlyList<string> Tree(IReadOnlyList<WorkflowStepView> steps)
    {
        var children = new Dictionary<string, List<WorkflowStepView>>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            var parent = step.DependsOn is { Count: > 0 } before ? before[^1] : "";
            if (!children.TryGetValue(parent, out var below)) children[parent] = below = [];
            below.Add(step);
        }

        // A loop and no recursion, because a chain may have 10,000 steps.
        var lines = new List<string>(steps.Count);
        var open = new Stack<(WorkflowStepView Step, int Depth)>();
        Push("", 0);
        while (open.TryPop(out var next))
        {
            lines.Add(Line(next.Step, next.Depth));
            Push(next.Step.Step, next.Depth + 1);
        }

        return lines;

        void Push(string parent, int level)
        {
            foreach (var step in Enumerable.Reverse(children.GetValueOrDefault(parent) ?? [])) open.Push((step, Math.Min(level, 20)));
        }
    }

    private static string Line(WorkflowStepView step, int depth)
    {
        var items = step.Items is { } count ? $" {step.EndedItems} of {count} items{(step.FailedItems > 0 ? $", {step.FailedItems} failed" : "")}" : "";
        var of = step.Task ?? step.Run ?? step.Signal;
        var took = step is { StartedAt: { } began, EndedAt: { } ended } ? $" {Durations.Text(ended - began)}" : "";
        var error = step.Error is { } e ? $" {e.Code}: {e.Message}" : "";
        var undone = step.Compensation is { } undo ? $" (compensation {SnakeCase.Of(undo)})" : "";
        var waits = step.WaitingFor is { } reason ? $", waits for {reason}" : "";
        var named = of is null ? "" : $" [{of}]";
        return $"{new string(' ', depth * 2)}{Mark(step.State)} {step.Step} {SnakeCase.Of(step.State)}{waits}{items}{took}{named}{error}{undone}";
    }

    private static char Mark(WorkflowStepState state) => state switch
    {
        WorkflowStepState.Completed => '+',
        WorkflowStepState.Failed => '!',
        WorkflowStepState.Running or WorkflowStepState.Evaluating => '>',
        WorkflowStepState.Waiting => '.',
        _ => '-',
    };

    private static IEnumerable<(string, string?)> Pairs(WorkflowRunView r) =>
    [
        ("run", r.Id), ("workflow", $"{r.Workflow}, version {r.Version.ToString(CultureInfo.InvariantCulture)}"),
        ("state", SnakeCase.Of(r.State)), ("key", r.Key),
        ("progress", $"{Percent(r.Progress)}, {r.EndedSteps} of {r.Steps} steps"),
        ("remaining", r.RemainingMs is { } ms ? Durations.Text(TimeSpan.FromMilliseconds(ms)) : r.RemainingUnknown is { } why ? $"unknown: {why}" : null),
        ("waiting for", r.WaitingFor),
        ("tokens", r.Usage is { } used ? (used.InputTokens + used.OutputTokens).ToString(CultureInfo.InvariantCulture) : null),
        ("USD", CostCommand.Dollars(r.Usage?.CostUsd)),
        ("started", r.StartedAt is { } began ? Printer.Time(began) : null), ("ended", r.EndedAt is { } ended ? Printer.Time(ended) : null),
        ("error", r.Error is { } e ? $"{(e.Step is null ? "" : $"step {e.Step}: ")}{e.Code}: {e.Message}" : null), ("reason", r.CancelReason),
        ("retries", r.Retries > 0 ? r.Retries.ToString(CultureInfo.InvariantCulture) : null), ("output", r.Output.IsNull ? null : r.Output.ToString()),
    ];
}
