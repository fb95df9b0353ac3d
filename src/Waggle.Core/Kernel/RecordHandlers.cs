
namespace Waggle.Core.Kernel;

/// <summary>Changes state by a record. <paramref name="offset"/> is that of a durable record, or of the durable record before it.</summary>
internal delegate void Evolve<in T>(T record, long offset, DateTimeOffset at)
    where T : RecordData;

/// <summary>The handlers that apply records to the state of features, by the type of the record. Only the owner's loop uses it.</summary>
internal sealed class RecordHandlers
{
    private readonly Dictionary<Type, List<Evolve<RecordData>>> _first = [];
    private readonly Dictionary<Type, List<Evolve<RecordData>>> _handlers = [];
    private readonly Dictionary<Type, Evolve<RecordData>[]> _resolved = [];

    /// <summary>Adds a handler that runs before the record changes any state.</summary>
    public void AddFirst<T>(Action<T> see)
        where T : RecordData => Add(_first, typeof(T), (record, _, _) => see((T)record));

    public void Add<T>(Evolve<T> evolve)
        where T : RecordData => Add(_handlers, typeof(T), (record, offset, at) => evolve((T)record, offset, at));

    public void Apply(RecordData record, long offset, DateTimeOffset at)
    {
        if (!_resolved.TryGetValue(record.GetType(), out var handlers)) _resolved[record.GetType()] = handlers = Resolve(record.GetType());
        foreach (var handle in handlers) handle(record, offset, at);
    }

    private static void Add(Dictionary<Type, List<Evolve<RecordData>>> handlers, Type type, Evolve<RecordData> handler)
    {
        if (!handlers.TryGetValue(type, out var list)) handlers[type] = list = [];
        list.Add(handler);
    }

    private Evolve<RecordData>[] Resolve(Type record) => [.. Of(_first, record), .. Of(_handlers, record)];

    private static IEnumerable<Evolve<RecordData>> Of(Dictionary<Type, List<Evolve<RecordData>>> handlers, Type record)
    {
        for (var type = record; type is not null; type = type.BaseType)
        {
            if (!handlers.TryGetValue(type, out var list)) continue;
            foreach (var handler in list) yield return handler;
        }
    }
}
