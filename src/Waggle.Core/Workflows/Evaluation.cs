using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Expressions;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The result of the evaluation of a step.</summary>
/// <param name="List">The list of a map; null for a step without one.</param>
internal sealed record Evaluation(bool Starts, JsonElement? List, WorkflowError? Error)
{
    private const int ItemsInTurn = 500;
    private const int BytesInTurn = 1024 * 1024;

    /// <summary>Evaluates a step and returns the commands by which it goes on, each small enough for a turn.</summary>
    public static async ValueTask<IReadOnlyList<Command<NoResult>>> CommandsAsync(StepEvaluation step, ValueReader reader, Principal hub)
    {
        var outcome = await RunAsync(step, reader);
        if (step.Missing is not null && outcome.Error is { } unread)
            return [new StartItems(step.Run, step.Retries, step.Step.Index, [], unread) { By = hub }];
        if (step.Missing is null)
            return [new ResolveStep(step.Run, step.Retries, step.Step.Index, outcome.Starts, outcome.List?.GetArrayLength(), outcome.Error) { By = hub }];
        JsonElement[] items = outcome.List is { } list ? [.. list.EnumerateArray()] : [];
        var commands = new List<Command<NoResult>>();
        var some = new List<(int, RawJson)>();
        var bytes = 0;
        foreach (var index in step.Missing)
        {
            var item = index < items.Length ? RawJson.From(items[index]) : default;
            some.Add((index, item));
            bytes += item.Utf8.Length;
            if (some.Count < ItemsInTurn && bytes < BytesInTurn) continue;
            commands.Add(new StartItems(step.Run, step.Retries, step.Step.Index, some) { By = hub });
            some = [];
            bytes = 0;
        }

        if (some.Count > 0) commands.Add(new StartItems(step.Run, step.Retries, step.Step.Index, some) { By = hub });
        return commands;
    }

    /// <summary>Returns the commands by which a step fails that could not be evaluated: the step itself, or the items that a running map lacks.</summary>
    public static IReadOnlyList<Command<NoResult>> FailingCommands(StepEvaluation step, Principal hub)
    {
        var error = new WorkflowError("UNREADABLE", "The values of the step could not be read or used; the hub's log has the details.", step.Step.Id);
        return step.Missing is null
            ? [new ResolveStep(step.Run, step.Retries, step.Step.Index, false, null, error) { By = hub }]
            : [new StartItems(step.Run, step.Retries, step.Step.Index, [], error) { By = hub }];
    }

    /// <summary>Reads the values of a step, and evaluates its condition and its list.</summary>
    public static async ValueTask<Evaluation> RunAsync(StepEvaluation step, ValueReader reader)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (path, bound) in step.Values)
        {
            var (value, omitted) = await reader.ReadAsync(bound);
            if (omitted.Any(o => o.Gone)) return Failed(step, AssignedInputs.Gone, $"{path} needs an output that retention or a purge deleted");
            if (omitted.Count > 0)
                return Failed(step, "TOO_LARGE", $"{path} has more than {Limits.MaxWorkflowListBytes} bytes or {Limits.MaxDepth} levels, or is no JSON");
            values[path] = value;
        }

        try
        {
            if (step.Missing is null && step.Step.When is { } when && !when.IsTrue(path => values[path.ToString()])) return new(false, null, null);
        }
        catch (ExpressionException e)
        {
            return Failed(step, "TYPE_ERROR", $"steps[{step.Step.Index}].when: {e.Message}");
        }

        if (step.Step.Over is not { } over) return new(true, null, null);
        var list = values[over.ToString()];
        var place = $"steps[{step.Step.Index}].map.over: {over}";
        if (list.ValueKind != JsonValueKind.Array) return Failed(step, "TYPE_ERROR", $"{place} is {JsonValues.Describe(list)}, and a list is needed");
        return list.GetArrayLength() > Limits.MaxWorkflowItems
            ? Failed(step, "TOO_LARGE", $"{place} has {list.GetArrayLength()} items; a map has at most {Limits.MaxWorkflowItems}")
            : new(true, list, null);
    }

    private static Evaluation Failed(StepEvaluation step, string code, string message) => new(false, null, new(code, message + ".", step.Step.Id));
}
