using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>Batches and queries drawn from a seed: few names and values, so that they meet often.</summary>
internal sealed class StoreGenerator(Random random)
{
    private static readonly string?[] States = ["pending", "running", "done", "", null];
    private static readonly string?[] Swarms = ["a", "b", "ü", null];

    private int _now = 100;
    private int _made;

    public int Next(int limit) => random.Next(limit);

    /// <summary>Mostly onwards; sometimes the clock was set back.</summary>
    public DateTimeOffset Time() => Make.Time(_now += random.Next(10) == 0 ? -random.Next(50) : random.Next(20));

    public DateTimeOffset SomeTime() => Make.Time(random.Next(_now + 50));

    public CommitBatch Batch(StoreModel model)
    {
        var changed = model.Entities.Values.OrderBy(_ => random.Next()).Take(random.Next(5)).Select(Change).ToList();
        var made = random.Next(3) == 0 ? 0 : random.Next(6);
        var records = made + random.Next(3);
        for (var i = 0; i < made; i++)
            changed.Add(New(model.Head + 1 + i));

        // Now and then one that was forgotten comes back under its id, in a new place.
        if (records > made)
            changed.Add(New(model.Head + records) with { Id = $"again{random.Next(3)}", Kind = "task", Columns = [States[0], null, null] });
        changed = [.. changed.DistinctBy(e => (e.Kind, e.Id)).OrderBy(_ => random.Next())];
        return new CommitBatch(changed, model.Head + records, records == 0 ? default : Make.Utf8($"{records} records {random.Next()}"), Time());
    }

    public EntityQuery Query(StoreModel model)
    {
        var equal = new Dictionary<string, IReadOnlyList<string>>();
        if (random.Next(2) == 0)
            equal["state"] = Some(States);
        if (random.Next(3) == 0)
            equal["swarm"] = Some(Swarms);
        if (random.Next(5) == 0)
            equal["key"] = [.. Enumerable.Range(0, random.Next(1, 12)).Select(i => $"k{i}")];
        long? after = random.Next(2) == 0 ? random.NextInt64(model.Head + 2) : null;
        return new EntityQuery("task", equal, random.Next(2) == 0, after, random.Next(1, 40), random.Next(3) == 0);
    }

    public List<EntityKey> Keys(StoreModel model) =>
        [.. model.Entities.Keys.OrderBy(_ => random.Next()).Take(random.Next(6)), Make.Key("absent"), Make.Key("t1", "note")];

    private static List<string> NotNull(IEnumerable<string?> values) => [.. values.OfType<string>()];

    private List<string> Some(string?[] values) => NotNull(values.Where(_ => random.Next(2) == 0));

    private StoredEntity New(long seq) => random.Next(5) == 0
        ? Make.Note($"n{++_made}", seq, Body())
        : Change(Make.Task($"t{++_made}", seq));

    private StoredEntity Change(StoredEntity entity)
    {
        if (entity.Kind == "note")
            return entity with { Body = Make.Utf8(Body()) };
        var columns = entity.Columns.ToArray();
        if (random.Next(2) == 0)
            columns[0] = States[random.Next(States.Length)];
        if (random.Next(4) == 0)
            columns[1] = Swarms[random.Next(Swarms.Length)];
        if (random.Next(8) == 0)
            columns[2] = random.Next(2) == 0 ? null : $"k{random.Next(30)}";
        var closedAt = random.Next(4) switch { 0 => Time(), 1 => (DateTimeOffset?)null, _ => entity.ClosedAt };
        return entity with { Columns = columns, ClosedAt = closedAt, Body = Make.Utf8(Body()) };
    }

    private string Body() => random.Next(20) == 0 ? new string('b', random.Next(20_000)) : $"body {random.Next()}";
}
