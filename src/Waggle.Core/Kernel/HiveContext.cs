using Waggle.Core.Hives;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>Changes state by a record. <paramref name="offset"/> is that of a durable record, or of the durable record before it.</summary>
internal delegate void Evolve<in T>(T record, long offset, DateTimeOffset at)
    where T : RecordData;

/// <summary>A view as a principal that is limited to swarms sees it.</summary>
internal delegate T Limit<T>(T whole, IHiveView limited, Principal by);

/// <summary>One hive as its features see it: where a feature's state registers what it has. Used by the owner's loop alone.</summary>
internal sealed class HiveContext(HiveOptions options)
{
    private readonly Dictionary<string, EntityTable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<string, Command>> _timers = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, List<Evolve<RecordData>>> _evolvers = [];
    private readonly Dictionary<Type, Evolve<RecordData>[]> _resolved = [];
    private readonly HashSet<EntityKey> _dirty = [];

    public HiveOptions Options { get; } = options;

    public string Hive => Options.Hive;

    public long Epoch { get; set; }

    /// <summary>The offset that the next durable record will have.</summary>
    public long NextOffset { get; set; } = 1;

    /// <summary>The principal of what the hub does by itself.</summary>
    public Principal Hub { get; } = Principal.Hub(options.Hive);

    public TimerQueue Timers { get; } = new();

    public ViewTable Views { get; } = new();

    /// <summary>Commands that what was just applied asks for.</summary>
    public Queue<Command> Reactions { get; } = new();

    /// <summary>Entities that changed in this batch.</summary>
    public HashSet<EntityKey> Dirty => _dirty;

    public IReadOnlyCollection<EntityTable> Tables => _tables.Values;

    /// <param name="row">For a kind whose order or columns are not in the entity itself.</param>
    public EntityTable<T> Table<T>(EntityType<T> type, Func<T, EntityRow>? row = null)
        where T : class
    {
        var table = new EntityTable<T>(type, row ?? type.Row ?? throw new ArgumentException($"The kind {type.Name} declares no row.", nameof(type)), _dirty);
        _tables.Add(type.Name, table);
        return table;
    }

    public EntityTable? Table(string kind) => _tables.GetValueOrDefault(kind);

    /// <summary>The command that a due timer of this kind stands for.</summary>
    public void Timer(string kind, Func<string, Command> command) => _timers.Add(kind, command);

    public Command TimerCommand(EntityKey key) => _timers[key.Kind](key.Id);

    /// <summary>Applies records of this type, and of those derived from it. Several features may do so; they are called in the order of their registration.</summary>
    public void On<T>(Evolve<T> evolve)
        where T : RecordData
    {
        if (!_evolvers.TryGetValue(typeof(T), out var list)) _evolvers[typeof(T)] = list = [];
        list.Add((record, offset, at) => evolve((T)record, offset, at));
    }

    public void Apply(RecordData record, long offset, DateTimeOffset at)
    {
        if (!_resolved.TryGetValue(record.GetType(), out var evolvers)) _resolved[record.GetType()] = evolvers = Resolve(record.GetType());
        foreach (var evolve in evolvers) evolve(record, offset, at);
    }

    private Evolve<RecordData>[] Resolve(Type record)
    {
        var found = new List<Evolve<RecordData>>();
        for (var type = record; type is not null; type = type.BaseType)
        {
            if (_evolvers.TryGetValue(type, out var list)) found.AddRange(list);
        }

        return [.. found];
    }
}
