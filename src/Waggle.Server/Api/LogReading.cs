using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

/// <summary>Reads the log from a position, one piece at a time.</summary>
internal static class LogReading
{
    // A pattern that matches rarely must not hold a request for the whole log. It gets a short piece and a position to continue from.
    private const int RowsAtOnce = 200;
    private const int MaxReads = 50;

    public static async Task AnswerAsync(ApiCall call, SubscriptionSpec interest, Position? since)
    {
        var limit = call.QueryNumber("limit") ?? 100;
        if (limit is < 1 or > Limits.MaxPageSize) throw ApiFault.Invalid($"limit is 1 to {Limits.MaxPageSize}; it was {limit}.");
        if (interest.Rate is not null) throw ApiFault.Invalid("max_rate is for a stream; a piece of the log has no time.");
        if (since is not { } at)
        {
            throw ApiFault.Invalid($"since is missing: the position after which to read, for example that of an earlier answer ({ApiHeaders.Position}).");
        }

        var page = await ReadAsync(call, interest, at, limit);
        await call.AnswerAsync(new Outcome(page, null, page.Position));
    }

    private static async Task<LogPage> ReadAsync(ApiCall call, SubscriptionSpec interest, Position at, int limit)
    {
        var hears = Audience.FilterOf(call.By);
        var records = new List<RecordMessage>();
        long bytes = 0;
        for (var reads = 0; reads < MaxReads; reads++)
        {
            var history = await call.Hive.ReadAsync(at, RowsAtOnce, call.Gone);
            if (!history.Known)
            {
                throw new ApiFault(ErrorCodes.NotFound, $"The log does not have what follows {at}: it is too old, or of another log. Reload the state.");
            }

            foreach (var record in history.Records)
            {
                if (records.Count == limit || bytes > Limits.MaxRecoveredBytes) return new LogPage(records, at, AtHead: false);
                at = record.Position;
                if (!interest.Wants(record) || hears?.Invoke(record) == false) continue;
                records.Add(Show(record));
                bytes += record.Data.Length;
            }

            if (history.End > at.Offset) at = at with { Offset = history.End };
            if (history.AtHead) return new LogPage(records, at, AtHead: true);
        }

        return new LogPage(records, at, AtHead: false);
    }

    private static RecordMessage Show(Record record) => new()
    {
        Position = record.Position,
        Topic = record.Topic,
        Kind = record.Kind,
        Class = record.Class,
        At = record.At,
        Swarm = record.Swarm,
        Data = RawJson.FromTrusted(record.Data.ToArray()),
    };
}
