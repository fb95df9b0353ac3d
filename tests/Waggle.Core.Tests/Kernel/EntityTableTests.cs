using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Kernel;

public class EntityTableTests
{
    private static readonly EntityType<Alarm> Type = new(Alarm.Entity, static () => ToyJson.Default.Alarm)
    {
        Id = a => a.Id,
        Row = a => new(a.Seq, a.RangAt, [a.Swarm]),
        Unique = a => a.Swarm,
    };

    private readonly HiveContext _hive = new(new HiveOptions(), NullLogger.Instance);
    private readonly EntityTable<Alarm> _table;

    public EntityTableTests() => _table = _hive.Table(Type);

    [Fact]
    public void An_open_entity_is_found_by_its_unique_value_until_it_is_closed_and_durable()
    {
        _table.Put(New("a1", "red"));
        _table.EndBatch();
        Assert.Equal("a1", _table.IdOf("red"));

        _table.Put(New("a1", "red") with { RangAt = TestHive.Start });
        Assert.Equal("a1", _table.IdOf("red"));

        _table.EndBatch();
        Assert.Null(_table.IdOf("red"));
        Assert.Null(_table["a1"]);
    }

    [Fact]
    public void A_fetched_entity_is_found_for_one_batch_and_takes_no_open_ones_place()
    {
        _table.Put(New("open", "red"));
        _table.Fetch(Stored("old", "red"));
        _table.Fetch(Stored("other", "blue"));
        Assert.Equal(("open", "other"), (_table.IdOf("red"), _table.IdOf("blue")));

        _table.EndBatch();

        Assert.Equal(("open", null), (_table.IdOf("red"), _table.IdOf("blue")));
    }

    [Fact]
    public void Loading_and_fetching_change_nothing_that_a_commit_writes()
    {
        _table.Load(Stored("a1", "red"));
        _table.Fetch(Stored("a2", "blue"));
        Assert.Empty(_hive.Dirty);

        _table.Put(_table["a1"]! with { Due = TestHive.Start });

        Assert.Equal([new EntityKey(Alarm.Entity.Name, "a1")], _hive.Dirty);
        Assert.Equal((1, "red"), (_table.OpenCount, _table["a1"]!.Swarm));
    }

    private static Alarm New(string id, string swarm) => new() { Id = id, Seq = 1, Swarm = swarm };

    private static StoredEntity Stored(string id, string swarm) =>
        new(Alarm.Entity.Name, id, 1, null, [], Encoding.UTF8.GetBytes($$"""{"v":2,"id":"{{id}}","seq":1,"swarm":"{{swarm}}"}"""));
}
