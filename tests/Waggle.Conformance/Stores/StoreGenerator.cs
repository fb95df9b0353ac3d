using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>Draws batches and queries from a seed. The names and values are few, so that they collide often.</summary>
internal sealed class StoreGenerator
{
    private static readonly string?[] States = ["pending", "running", "done", "", null];
    private static readonly string?[] Swarms = ["a", "b", "ü", null];

    private Random _random = new(0);
    private int _now = 100;
    private int _made;

    public void Reseed(int seed) => _random = new Random(seed);

    public int Next(int limit) => _random.Next(limit);

    /// <summary>Returns the next time; it mostly advances, and sometimes the clock was set back.</summary>
    public DateTimeOffset Time() => Make.Time(_now += _random.Next(10) == 0 ? -_random.Next(50) : _random.Next(20));

    public DateTimeOffset SomeTime() => Make.Time(_random.Next(_now + 50));

    public CommitBatch Batch(StoreModel model)
    {
        var changed = model.Entities.Values.OrderBy(_ => _random.Next()).Take(_random.Next(5)).Select(Change).ToList();
        var made = _random.Next(3) == 0 ? 0 : _random.Next(6);
        var records = made + _random.Next(3);
        for (var i = 0; i < made; i++)
            changed.Add(New(model.Head + 1 + i));

        // Now and then a deleted entity returns under its id, in a new place.
        if (records > made)
            changed.Add(New(model.Head + records) with { Id = $"again{_random.Next(3)}", Kind = "task", Columns = [States[0], null, null] });
        changed = [.. changed.DistinctBy(e => (e.Kind, e.Id)).OrderBy(_ => _random.Next())];
        return new CommitBatch(changed, model.Head + records, records == 0 ? default : Make.Utf8($"{records} records {_random.Next()}"), Time());
    }

    public EntityQuery Query(StoreModel model)
    {
        var equal = new Dictionary<string, IReadOnlyList<string>>();
        if (_random.Next(2) == 0)
            equal["state"] = Some(States);
        if (_random.Next(3) == 0)
            equal["swarm"] = Some(Swarms);
        if (_random.Next(5) == 0)
            equal["key"] = [.. Enumerable.Range(0, _random.Next(1, 12)).Select(i => $"k{i}")];
        long? after = _random.Next(2) == 0 ? _random.NextInt64(model.Head + 2) : null;
        return new EntityQuery("task", equal, _random.Next(2) == 0, after, _random.Next(1, 40), _random.Next(3) == 0);
    }

    public List<EntityKey> Keys(StoreModel model) =>
        [.. model.Entities.Keys.OrderBy(_ => _random.Next()).Take(_random.Next(6)), Make.Key("absent"), Make.Key("t1", "note")];

    private static List<string> NotNull(IEnumerable<string?> values) => [.. values.OfType<string>()];

    private List<string> Some(string?[] values) => NotNull(values.Where(_ => _random.Next(2) == 0));

    private StoredEntity New(long seq) => _random.Next(5) == 0
        ? Make.Note($"n{++_made}", seq, Body())
        : Change(Make.Task($"t{++_made}", seq));

    private StoredEntity Change(StoredEntity entity)
    {
        if (entity.Kind == "note")
            return entity with { Body = Make.Utf8(Body()) };
        var columns = entity.Columns.ToArray();
        if (_random.Next(2) == 0)
            columns[0] = States[_random.Next(States.Length)];
        if (_random.Next(4) == 0)
            columns[1] = Swarms[_random.Next(Swarms.Length)];
        if (_random.Next(8) == 0)
            columns[2] = _random.Next(2) == 0 ? null : $"k{_random.Next(30)}";
        var closedAt = _random.Next(4) switch { 0 => Time(), 1 => (DateTimeOffset?)null, _ => entity.ClosedAt };
        return entity with { Columns = columns, ClosedAt = closedAt, Body = Make.Utf8(Body()) };
    }

    private string Body() => _random.Next(20) == 0 ? new string('b', _random.Next(20_000)) : $"body {_random.Next()}";
}
