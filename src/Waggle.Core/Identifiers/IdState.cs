using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Identifiers;

/// <summary>The next ids.</summary>
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

    // From the records alone, so that folding the log gives the counters too. A client's own id of this form counts as given: it is not given again.
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
        /// <summary>The id that the next entity with this prefix gets; <paramref name="ahead"/> for those after it in the same decision.</summary>
        public string NextId(string prefix, int ahead = 0) => view.View<IIdView>().Next(prefix, ahead);
    }
}
