using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Identifiers;

/// <summary>The next ids, as a decision sees them.</summary>
internal interface IIdView
{
    string Next(string prefix, int ahead);
}

internal sealed class IdState : FeatureState, IIdView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<IdCounters> _counters;

    public IdState(HiveContext hive)
    {
        _hive = hive;
        _counters = hive.Table(IdFeature.Counters);
        hive.On<RecordData>((record, _, _) => Count(record));
        hive.Views.Add<IIdView>(this, static (whole, _, _) => whole);
    }

    public string Next(string prefix, int ahead) => $"{prefix}{Given(prefix) + 1 + ahead}{HistoryMark.Of(_hive.Epoch)}";

    private long Given(string prefix) => _counters[IdCounters.OnlyId]?.Given.GetValueOrDefault(prefix) ?? 0;

    // The records alone change the counters, so that a fold of the log yields them too. A client's own id of this form counts as given, so the hive never gives
    // it.
    private void Count(RecordData record)
    {
        if (record.Creates is not var (prefix, id) || HistoryMark.NumberOf(prefix, id) is not { } number || number <= Given(prefix)) return;
        var counters = _counters[IdCounters.OnlyId] ?? new() { Given = new(StringComparer.Ordinal) };
        counters.Given[prefix] = number;
        _counters.Put(counters);
    }
}

internal static class IdViewExtensions
{
    extension(IHiveView view)
    {
        /// <summary>Returns the id of the next entity with this prefix; <paramref name="ahead"/> counts further entities of the same decision.</summary>
        public string NextId(string prefix, int ahead = 0) => view.View<IIdView>().Next(prefix, ahead);
    }
}
