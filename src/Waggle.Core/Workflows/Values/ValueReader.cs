using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Expressions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Values;

/// <summary>Where a <see cref="ValueReader"/> reads.</summary>
internal sealed record ValueSource(
    Func<IReadOnlyList<EntityKey>, ValueTask<IReadOnlyList<StoredEntity>>> Get, Func<EntityRange, ValueTask<EntityPage>> Range, IBlobs? Blobs);

/// <summary>Reads the values that references name. What was never made is null. What retention deleted is omitted, and its reference says so.</summary>
/// <param name="most">The greatest number of bytes that it reads. A part beyond it is omitted.</param>
internal sealed class ValueReader(ValueSource source, long most) : IInputReader
{
    private const int Slice = 500;
    private const int MaxDepth = Limits.MaxWorkflowDepth + 2;

    private readonly Dictionary<string, Part> _results = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bound?> _inputs = new(StringComparer.Ordinal);
    private long _room;

    public async ValueTask<FilledInput> FillAsync(RawJson input, IReadOnlyList<InputRef> refs)
    {
        _room = most;
        var (node, _, omitted) = await FillAsync(new Bound { Value = input, Refs = refs }, 0);
        return new(Templates.Write(node), omitted.Count == 0 ? null : omitted);
    }

    /// <summary>Returns a value; null with the references that are too large or too deep.</summary>
    public async ValueTask<(JsonElement Value, IReadOnlyList<InputRef> Omitted)> ReadAsync(Bound value)
    {
        if (value.Refs is null) return (value.Value.ToElement(), []);
        _room = most;
        var (node, _, omitted) = await FillAsync(value, 0);
        return (Templates.Write(node).ToElement(), omitted);
    }

    private async ValueTask<(JsonNode? Node, int Levels, List<InputRef> Omitted)> FillAsync(Bound value, int depth)
    {
        var node = Templates.Parse(value.Value);
        var levels = JsonValues.DepthOf(value.Value.Utf8);
        var omitted = new List<InputRef>();
        foreach (var part in value.Refs ?? [])
        {
            var read = await ReadAsync(part, depth);
            var deepest = Pointers.Split(part.At).Count() + read.Levels;
            if (read.Omitted || deepest > Limits.MaxDepth)
            {
                omitted.Add(part with { ResultRef = read.ResultRef, Gone = read.Gone });
                continue;
            }

            node = Put(node, part.At, read.Node);
            levels = Math.Max(levels, deepest);
        }

        return (node, levels, omitted);
    }

    private async ValueTask<Read> ReadAsync(InputRef part, int depth)
    {
        if (depth > MaxDepth) return new(null);
        if (part.Task is { } task)
        {
            if (!_results.TryGetValue(task, out var result)) result = await ResultAsync(task);
            if (result is { Value: null, ResultRef: { } named, Gone: false }) result = await ReadAsync(named);
            _results[task] = result;
            if (result.Gone) return Read.Missing;
            return result.Value is { } value ? Take(JsonValues.At(value, part.Path)) : Read.Omit(result.ResultRef);
        }

        if (part.Run is { } run)
        {
            if (!_inputs.TryGetValue(run, out var input)) _inputs[run] = input = await InputAsync(run);
            if (input is null) return Read.Missing;
            var (node, _, omitted) = await FillAsync(input.At(part.Path), depth + 1);
            return omitted.Count > 0 ? Read.Omit(omitted) : Take(Templates.Write(node).ToElement());
        }

        return await ItemsAsync(part.Items!, [.. Pointers.Split(part.Path)], depth);
    }

    // The outputs of a map's items, in their order, or a part of one of them.
    private async ValueTask<Read> ItemsAsync(string step, string[] path, int depth)
    {
        var rest = string.Concat(path.Skip(1).Select(s => Pointers.Append("", s)));
        if ((await source.Get([new(StepEntity.Entity.Name, step)])).Count == 0) return Read.Missing;
        if (path.Length > 0)
        {
            if (!int.TryParse(path[0], out var item) || item < 0) return new(null);
            var found = await source.Get([new(StepEntity.Entity.Name, $"{step}/{item:D5}")]);
            return found.Count == 0 ? new(null) : await OfItemAsync(WorkflowFeature.Steps.Parse(found[0]), rest, depth);
        }

        var list = new JsonArray();
        var levels = 0;
        string? after = null;
        while (true)
        {
            var page = await source.Range(StepEntity.ItemsOf(step, Slice, after));
            StepEntity[] items = [.. page.Entities.Select(e => WorkflowFeature.Steps.Parse(e))];
            await ReadResultsAsync(items);
            foreach (var item in items)
            {
                var read = await OfItemAsync(item, "", depth);
                if (read.Omitted) return read.Gone ? Read.Missing : Read.Omit();

                // Earlier versions of the hub removed the items that failed when they retried a run.
                while (list.Count < item.Item) list.Add(null);
                list.Add(read.Node);
                levels = Math.Max(levels, read.Levels);
            }

            if (items.Length < Slice) return new(list, levels + 1);
            after = page.Entities[^1].Id;
        }
    }

    private async ValueTask<Read> OfItemAsync(StepEntity item, string path, int depth)
    {
        var (node, levels, omitted) = await FillAsync(item.Value.At(path), depth + 1);
        return omitted.Count > 0 ? Read.Omit(omitted) : new(node, levels);
    }

    private async ValueTask ReadResultsAsync(StepEntity[] items)
    {
        EntityKey[] keys = [.. items.Where(i => i is { State: WorkflowStepState.Completed, Task: not null } && !_results.ContainsKey(i.Task))
            .Select(i => new EntityKey(TaskEntity.Entity.Name, i.Task!))];
        if (keys.Length == 0) return;
        foreach (var stored in await source.Get(keys)) _results[stored.Id] = PartOf(TaskFeature.Tasks.Parse(stored));
    }

    private async ValueTask<Part> ResultAsync(string task)
    {
        var found = await source.Get([new(TaskEntity.Entity.Name, task)]);
        return found.Count == 0 ? new(null, Gone: true) : PartOf(TaskFeature.Tasks.Parse(found[0]));
    }

    private static Part PartOf(TaskEntity task) => task.PurgedAt is not null ? new(null, Gone: true)
        : task.ResultRef is { } named ? new(null, named) : new(task.Result.ToElement());

    // The contents are read one by one, each only while there is room for it.
    private async ValueTask<Part> ReadAsync(ResultRef named)
    {
        if (source.Blobs is null || named.Bytes > _room || named.ContentType != "application/json") return new(null, named);
        await using var content = await source.Blobs.OpenAsync(named.Blob, CancellationToken.None);
        if (content is null) return new(null, named, Gone: true);
        var text = new byte[content.Length];
        await content.ReadExactlyAsync(text);
        try
        {
            return new(RawJson.Parse(System.Text.Encoding.UTF8.GetString(text)).ToElement());
        }
        catch (JsonException)
        {
            // The worker uploaded it as JSON and it is none, so there is no value to take a part of.
            return new(null, named);
        }
    }

    private async ValueTask<Bound?> InputAsync(string run)
    {
        var found = await source.Get([new(RunInputEntity.Entity.Name, run)]);
        return found.Count == 0 ? null : WorkflowFeature.Inputs.Parse(found[0]).Input;
    }

    private Read Take(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return new(null);
        var text = RawJson.From(value);
        if ((_room -= text.Utf8.Length) < 0) return Read.Omit();
        return new(Templates.Parse(text), JsonValues.DepthOf(text.Utf8));
    }

    private static JsonNode? Put(JsonNode? root, string at, JsonNode? value)
    {
        if (at.Length == 0) return value;
        string[] path = [.. Pointers.Split(at)];
        var node = root;
        foreach (var segment in path[..^1]) node = node is JsonArray list ? list[IndexOf(segment)] : node![segment];
        if (node is JsonArray items) items[IndexOf(path[^1])] = value;
        else node![path[^1]] = value;
        return root;
    }

    private static int IndexOf(string segment) => int.Parse(segment, CultureInfo.InvariantCulture);

    private readonly record struct Read(JsonNode? Node, int Levels = 0)
    {
        public bool Omitted { get; private init; }

        public ResultRef? ResultRef { get; private init; }

        public bool Gone { get; private init; }

        public static Read Missing => new() { Omitted = true, Gone = true };

        public static Read Omit(ResultRef? result = null) => new() { Omitted = true, ResultRef = result };

        /// <summary>Returns that a value is omitted because of parts of it.</summary>
        public static Read Omit(List<InputRef> parts) => parts.Exists(p => p.Gone) ? Missing : Omit(parts[0].ResultRef);
    }

    /// <param name="Value">The result; null for one that is too large, or not yet read.</param>
    private readonly record struct Part(JsonElement? Value, ResultRef? ResultRef = null, bool Gone = false);
}
