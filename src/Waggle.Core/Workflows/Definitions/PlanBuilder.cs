using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Expressions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Definitions;

/// <summary>Checks a definition and makes a plan of it. Each problem names its place. Pure.</summary>
internal static class PlanBuilder
{
    /// <exception cref="DefinitionException">The definition cannot run.</exception>
    public static WorkflowPlan Build(RawJson definition) => Build(DefinitionJson.Read(definition));

    /// <exception cref="DefinitionException">The definition cannot run.</exception>
    public static WorkflowPlan Build(WorkflowDefinition definition)
    {
        Header(definition);
        var byId = new Dictionary<string, int>(definition.Steps.Count, StringComparer.Ordinal);
        for (var i = 0; i < definition.Steps.Count; i++)
        {
            var step = definition.Steps[i] ?? throw new DefinitionException($"steps[{i}]", "it is null");
            if (!Ids.IsValid(step.Id)) throw new DefinitionException($"steps[{i}].id", Ids.Rule("id", step.Id));
            if (!byId.TryAdd(step.Id, i)) throw new DefinitionException($"steps[{i}].id", $"'{step.Id}' is the id of steps[{byId[step.Id]}], too");
        }

        var steps = new PlanStep[definition.Steps.Count];
        for (var i = 0; i < steps.Length; i++) steps[i] = Step(definition.Steps[i], i, byId);
        Link(steps);
        Order(steps);
        SignalNames(steps);
        new ReferenceCheck(definition, steps, byId).Run();
        return new(definition, steps, byId);
    }

    private static void Header(WorkflowDefinition definition)
    {
        if (!Ids.IsValid(definition.Id)) throw new DefinitionException("id", Ids.Rule("id", definition.Id));
        if (definition.Swarm is { } swarm && !Ids.IsValid(swarm)) throw new DefinitionException("swarm", Ids.Rule("swarm", swarm));
        if (definition.Description is { Length: > Limits.MaxTextLength })
            throw new DefinitionException("description", $"it has at most {Limits.MaxTextLength} characters");
        if (definition.TimeoutMs is { } timeout && timeout is < 1 or > Limits.MaxWorkflowDays * 86_400_000L)
            throw new DefinitionException("timeout_ms", $"it is 1 to {Limits.MaxWorkflowDays * 86_400_000L}; it was {definition.TimeoutMs}");
        if (definition.Budget is { } budget && UsageLimits.Problem(budget.Tokens, budget.CostUsd) is var (field, rule))
            throw new DefinitionException(field is null ? "budget" : $"budget.{field}", field is null ? "it has tokens, cost_usd or both" : $"it {rule}");
        if (definition.Steps is not { Count: > 0 and <= Limits.MaxWorkflowSteps })
            throw new DefinitionException("steps", $"a workflow has 1 to {Limits.MaxWorkflowSteps} steps; there were {definition.Steps?.Count ?? 0}");
    }

    private static PlanStep Step(WorkflowStep step, int index, Dictionary<string, int> byId)
    {
        var place = $"steps[{index}]";
        StepRules.Check(step, place);
        return new PlanStep
        {
            Index = index,
            Definition = step,
            Before = Before(step, index, place, byId),
            When = step.When is { } when ? At($"{place}.when", () => ExpressionParser.Parse(when)) : null,
            Over = step.Map is { } map ? At($"{place}.map.over", () => PathRef.Parse(map.Over)) : null,
        };
    }

    private static int[] Before(WorkflowStep step, int index, string place, Dictionary<string, int> byId)
    {
        if (step.DependsOn is not { } ids) return [];
        var before = new int[ids.Count];
        var seen = new HashSet<int>();
        for (var i = 0; i < before.Length; i++)
        {
            var at = $"{place}.depends_on[{i}]";
            if (ids[i] is null || !byId.TryGetValue(ids[i], out before[i]))
                throw new DefinitionException(at, $"there is no step '{PlainText.Clip(ids[i] ?? "", 64)}'");
            if (before[i] == index) throw new DefinitionException(at, $"step '{step.Id}' depends on itself");
            if (!seen.Add(before[i])) throw new DefinitionException(at, $"'{ids[i]}' is named twice");
        }

        if (step.AtLeast is { } least && (least < 1 || least > before.Length))
            throw new DefinitionException($"{place}.at_least", $"it is 1 to {before.Length}, the number of steps in depends_on; it was {least}");
        return before;
    }

    private static void Link(PlanStep[] steps)
    {
        var counts = new int[steps.Length];
        var edges = 0;
        foreach (var step in steps)
        {
            foreach (var before in step.Before) counts[before]++;
            edges += step.Before.Length;
            if (edges <= Limits.MaxWorkflowEdges) continue;
            throw new DefinitionException($"steps[{step.Index}].depends_on", $"all steps together name at most {Limits.MaxWorkflowEdges} steps before them");
        }

        for (var i = 0; i < steps.Length; i++) steps[i].After = new int[counts[i]];
        foreach (var step in steps)
        {
            foreach (var before in step.Before) steps[before].After[^counts[before]--] = step.Index;
        }
    }

    // Kahn, "Topological sorting of large networks", CACM 5(11), 1962.
    private static void Order(PlanStep[] steps)
    {
        var open = Array.ConvertAll(steps, s => s.Before.Length);
        var free = new Queue<int>(Enumerable.Range(0, steps.Length).Where(i => open[i] == 0));
        var ordered = 0;
        while (free.TryDequeue(out var i))
        {
            ordered++;
            foreach (var after in steps[i].After)
            {
                if (--open[after] == 0) free.Enqueue(after);
            }
        }

        if (ordered == steps.Length) return;
        var at = Array.FindIndex(open, n => n > 0);
        var seen = new Dictionary<int, int>();
        var path = new List<int>();
        while (seen.TryAdd(at, path.Count))
        {
            path.Add(at);
            at = Array.Find(steps[at].Before, b => open[b] > 0);
        }

        var circle = path.Skip(seen[at]).Append(at).Reverse().Select(i => steps[i].Id).ToArray();
        var shown = circle.Length <= 12 ? circle : [.. circle[..11], "…", circle[^1]];
        throw new DefinitionException($"steps[{at}].depends_on", $"the steps wait for each other in a circle: {string.Join(" → ", shown)}");
    }

    private static void SignalNames(PlanStep[] steps)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            if (step.Definition.Signal is { } signal && !names.TryAdd(signal.Name, step.Index))
                throw new DefinitionException($"steps[{step.Index}].signal.name", $"steps[{names[signal.Name]}] waits for the signal '{signal.Name}', too");
        }
    }

    internal static T At<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ExpressionException e)
        {
            throw new DefinitionException(place, e.Message);
        }
    }
}
