using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>Lists alerts from the store, newest first, one page at a time.</summary>
public sealed record ListAlerts(AlertList Request) : Query<AlertPage>
{
    private const int StandardLimit = 100;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    internal override async Task<Outcome<AlertPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (!By.Allowed(Permissions.ReadSystem)) return new(null, new(ErrorCodes.Forbidden, By.Missing(Permissions.ReadSystem)), reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Request.States is { Count: > 0 } states) equal["state"] = [.. states.Select(AlertColumns.Name)];
        var limit = Math.Clamp(Request.Limit ?? StandardLimit, 1, Limits.MaxPageSize);

        var page = await reader.QueryAsync(new EntityQuery(AlertEntity.Entity.Name, equal, After: PageRules.SeqOf(Request.Cursor), Limit: limit), cancel);
        var alerts = page.Entities.Select(e => reader.Parse(e, InsightFeature.Alerts)).OfType<AlertEntity>().ToArray();

        // An open alert shows the value of the newest reading, or the value at which it was fired if there is no reading.
        var newest = alerts.Any(a => a.State != AlertState.Resolved) ? await reader.AskAsync(new ShowSystem { By = By }, LongestWait, cancel) : null;
        var cursor = page.Entities.Count == limit ? page.Entities[^1].Seq.ToString(CultureInfo.InvariantCulture) : null;
        return new(new AlertPage([.. alerts.Select(a => AlertViews.Of(a, newest))], cursor), null, page.At);
    }
}
