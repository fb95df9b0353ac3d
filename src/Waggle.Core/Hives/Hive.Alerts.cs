using System.Globalization;
using Waggle.Core.Insight;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    public async Task<Outcome> ListAlertsAsync(Principal by, AlertList request, CancellationToken cancel)
    {
        if (!by.Allowed("read", "system")) return new Outcome(null, new Error(ErrorCodes.Forbidden, by.Missing("read", "system")), Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (request.States is { Count: > 0 } states) equal["state"] = [.. states.Select(AlertColumns.Name)];
        var limit = Math.Clamp(request.Limit ?? 100, 1, Limits.MaxPageSize);
        long? after = long.TryParse(request.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;
        var query = new EntityQuery(AlertEntity.Entity.Name, equal, After: after, Limit: limit);
        var page = await OutsideAsync(() => _store.QueryAsync(Options.Hive, query, cancel), cancel);
        var alerts = page.Entities.Select(e => _stored.TryParse(e, InsightFeature.Alerts, out var a) ? AlertViews.Of(a, _engine.State.System) : null).OfType<AlertView>().ToArray();
        var more = page.Entities.Count == limit;
        return new Outcome(new AlertPage(alerts, more ? page.Entities[^1].Seq.ToString(CultureInfo.InvariantCulture) : null), null, page.At);
    }
}
