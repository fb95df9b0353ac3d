using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>Returns a view as a principal that is limited to swarms sees it.</summary>
internal delegate T Limit<T>(T whole, IHiveView limited, Principal by);

/// <summary>One hive as its features see it: where a feature's state registers what it has. Only the owner's loop uses it.</summary>
internal sealed class HiveContext(HiveOptions options, ILogger log, HiveMetrics? metrics = null) : IHiveView
{
    private readonly Dictionary<string, EntityTable> _tables = new(StringComparer.Ordinal);
    private readonly RecordHandlers _records = new();
    private readonly HashSet<EntityKey> _dirty = [];

    public HiveOptions Options { get; } = options;

    public ILogger Log { get; } = log;

    /// <summary>Where features create their instruments.</summary>
    public HiveMetrics Metrics { get; } = metrics ?? HiveMetrics.Unread;

    /// <summary>The commands that the audit log keeps.</summary>
    public IReadOnlyList<AdministrativeCommand> Administrative { get; init; } = [];

    /// <summary>The revoked tokens, which the hub reads when it verifies a token.</summary>
    public RevokedTokens Revoked { get; init; } = new();

    public string Hive => Options.Hive;

    public long Epoch { get; set; }

    /// <summary>The offset of the next durable record.</summary>
    public long NextOffset { get; set; } = 1;

    /// <summary>The time of the turn.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>Whether the store has no room. The hive then creates nothing, and reactions that create wait.</summary>
    public bool Full { get; set; }

    /// <summary>The command or reaction that the hive currently decides and applies.</summary>
    public Command? Deciding { get; set; }

    /// <summary>The principal of the hub's own commands.</summary>
    public Principal Hub { get; } = Principal.Hub(options.Hive);

    public TimerQueue Timers { get; } = new();

    public DueTimers Due => field ??= new(Timers);

    public CommandHooks Commands { get; } = new();

    public ViewTable Views { get; } = new();

    /// <summary>The commands that react to the record just applied.</summary>
    public Queue<Command> Reactions { get; } = new();

    /// <summary>The messages to connected workers. The hive sends them after the turn is durable and its commands are answered.</summary>
    public List<Action> Messages { get; } = [];

    /// <summary>The entities that changed in this batch.</summary>
    public HashSet<EntityKey> Dirty => _dirty;

    public IReadOnlyCollection<EntityTable> Tables => _tables.Values;

    /// <param name="row">Returns the row of an entity, for a kind whose order or columns are not in the entity itself.</param>
    public EntityTable<T> Table<T>(EntityType<T> type, Func<T, EntityRow>? row = null)
        where T : class
    {
        var table = new EntityTable<T>(type, row ?? type.Row ?? throw new ArgumentException($"The kind {type.Name} declares no row.", nameof(type)), _dirty);
        _tables.Add(type.Name, table);
        return table;
    }

    public EntityTable? Table(string kind) => _tables.GetValueOrDefault(kind);

    public bool IsTaken(EntityKey key) => Table(key.Kind)?.Contains(key.Id) == true;

    object IHiveView.ViewAt(int slot) => Views.At(slot);

    /// <summary>Registers the command of a due timer of this kind.</summary>
    public void Timer(string kind, Func<string, Command> command) => Due.Register(kind, command);

    /// <summary>
    /// Registers a handler that applies records of this type and of derived types. Several features may do so; the hive calls them in the order of
    /// registration.
    /// </summary>
    public void On<T>(Evolve<T> evolve)
        where T : RecordData => _records.Add(evolve);

    /// <summary>
    /// Registers a handler that sees records of this type before they change the state of any feature. It serves messages about entities that the record ends.
    /// </summary>
    public void Before<T>(Action<T> see)
        where T : RecordData => _records.AddFirst(see);

    public void Apply(RecordData record, long offset, DateTimeOffset at) => _records.Apply(record, offset, at);
}
