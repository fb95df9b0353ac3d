using Waggle.Core.Workflows.Expressions;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Definitions;

/// <summary>Checks that each path names a step that has ended when the path is read. It runs after the check for circles.</summary>
internal sealed class ReferenceCheck(WorkflowDefinition definition, PlanStep[] steps, Dictionary<string, int> byId)
{
    // For each step the steps before it, direct or not, as bits. Most definitions read direct ones alone, and need none.
    private ulong[]?[]? _ancestors;

    public void Run()
    {
        foreach (var step in steps)
        {
            var place = $"steps[{step.Index}]";
            foreach (var path in step.When?.Paths ?? []) Check(path, step, $"{place}.when", inMap: false);
            if (step.Over is { } over) Check(over, step, $"{place}.map.over", inMap: false);
            if (step.Definition.Task is { } task) Template(task.Input, step, $"{place}.task.input", step.Over is not null);
            if (step.Definition.Workflow is { } call) Template(call.Input, step, $"{place}.workflow.input", step.Over is not null);
            if (step.Definition.Compensate is { } undo) Template(undo.Input, step, $"{place}.compensate.input", inMap: false, self: true);
        }

        Template(definition.Output, null, "output", inMap: false);
    }

    private void Template(RawJson template, PlanStep? step, string place, bool inMap, bool self = false)
    {
        if (template.IsNull) return;
        foreach (var (at, path) in Templates.Paths(template, place)) Check(path, step, at, inMap, self);
    }

    private void Check(PathRef path, PlanStep? step, string place, bool inMap, bool self = false)
    {
        switch (path.Root)
        {
            case PathRoot.Item or PathRoot.Index when !inMap:
                throw new DefinitionException(place, $"'{path.Source}' is known in the input of a step with map only");
            case PathRoot.Output or PathRoot.State:
                if (!byId.TryGetValue(path.Step!, out var other)) throw new DefinitionException(place, $"there is no step '{PlainText.Clip(path.Step!, 64)}'");
                if (step is null || (self && other == step.Index) || Array.IndexOf(step.Before, other) >= 0) return;
                if (other == step.Index) throw new DefinitionException(place, $"step '{step.Id}' refers to itself");
                if (!IsBefore(other, step.Index))
                    throw new DefinitionException(place, $"step '{path.Step}' is not before step '{step.Id}': add it to depends_on");
                return;
        }
    }

    private bool IsBefore(int other, int step)
    {
        _ancestors ??= Ancestors();
        return (_ancestors[step]![other >> 6] & (1UL << (other & 63))) != 0;
    }

    private ulong[]?[] Ancestors()
    {
        var all = new ulong[]?[steps.Length];
        var open = Array.ConvertAll(steps, s => s.Before.Length);
        var free = new Queue<int>(Enumerable.Range(0, steps.Length).Where(i => open[i] == 0));
        while (free.TryDequeue(out var i))
        {
            var bits = all[i] = new ulong[(steps.Length + 63) >> 6];
            foreach (var before in steps[i].Before)
            {
                var above = all[before]!;
                for (var word = 0; word < bits.Length; word++) bits[word] |= above[word];
                bits[before >> 6] |= 1UL << (before & 63);
            }

            foreach (var after in steps[i].After)
            {
                if (--open[after] == 0) free.Enqueue(after);
            }
        }

        return all;
    }
}
