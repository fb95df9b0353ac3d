using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>A periodic broadcast: the answer to a query, as a record.</summary>
public sealed record PeriodicBroadcast(TimeSpan Every, BroadcastQuery Query)
{
    /// <summary>The topic. Dialects with the same query and interval share one record.</summary>
    public string Topic { get; } = string.Create(CultureInfo.InvariantCulture, $"system.{Query.Name}.{Every.TotalSeconds}s");
}

/// <param name="Name">The record's kind, and part of its topic.</param>
/// <param name="Ask">Queries the hub with its own permissions; null where there is no answer at the moment.</param>
/// <param name="Write">Writes the record's data.</param>
public sealed record BroadcastQuery(string Name, Func<IHive, Principal, CancellationToken, Task<object?>> Ask, Action<Utf8JsonWriter, object> Write)
{
    public static BroadcastQuery Overview { get; } = new(
        "overview",
        async (hive, by, cancel) => (await hive.QueryAsync(new GetOverview { By = by }, cancel)).Value,
        (writer, overview) => HiveOverviews.Write(writer, (HiveOverview)overview));
}

/// <summary>Schedules the periodic broadcasts: one timer for each interval and query while at least one client is connected, shared by all clients.</summary>
public sealed partial class PeriodicBroadcasts(IHive hive, DeliveryLoop delivery, TimerWheel wheel, TimeProvider time, ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pace> _paces = new(StringComparer.Ordinal);

    /// <summary>Adds a listener until the returned object is disposed.</summary>
    public IDisposable Listen(IReadOnlyList<PeriodicBroadcast> broadcasts)
    {
        lock (_lock)
        {
            foreach (var broadcast in broadcasts)
            {
                if (!_paces.TryGetValue(broadcast.Topic, out var pace)) _paces[broadcast.Topic] = pace = new Pace(this, broadcast);
                if (pace.Listeners++ == 0) wheel.Set(pace, broadcast.Every);
            }
        }

        return new Listener(this, broadcasts);
    }

    private void Leave(IReadOnlyList<PeriodicBroadcast> broadcasts)
    {
        lock (_lock)
        {
            foreach (var broadcast in broadcasts)
            {
                if (--_paces[broadcast.Topic].Listeners == 0) wheel.Clear(_paces[broadcast.Topic]);
            }
        }
    }

    private bool Goes(Pace pace)
    {
        lock (_lock)
        {
            if (pace.Listeners == 0) return false;
            wheel.Set(pace, pace.Broadcast.Every);
            return true;
        }
    }

    private async Task TellAsync(PeriodicBroadcast broadcast)
    {
        try
        {
            if (await broadcast.Query.Ask(hive, Principal.Hub(hive.Options.Hive), CancellationToken.None) is not { } answer) return;
            var data = new ArrayBufferWriter<byte>(1024);
            using (var writer = new Utf8JsonWriter(data, JsonText.Trusted)) broadcast.Query.Write(writer, answer);

            // The record clears its topic afterwards, so a later client does not receive an old one.
            await delivery.TellAsync(new Record(
                hive.Head, broadcast.Topic, broadcast.Query.Name, RecordClass.Latest, time.GetUtcNow(), null, data.WrittenMemory, answer, broadcast.Topic));
        }
        catch (Exception e) when (e is StoreException or System.Threading.Channels.ChannelClosedException)
        {
            LogSkipped(log, broadcast.Topic, e);
        }
        catch (Exception e)
        {
            LogFailed(log, broadcast.Topic, e);
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "Skipped a periodic broadcast on {Topic}.")]
    private static partial void LogSkipped(ILogger logger, string topic, Exception e);

    [LoggerMessage(11, LogLevel.Error, "Could not publish the periodic broadcast on {Topic}.")]
    private static partial void LogFailed(ILogger logger, string topic, Exception e);

    private sealed class Pace(PeriodicBroadcasts broadcasts, PeriodicBroadcast broadcast) : WheelTimer
    {
        private Task _last = Task.CompletedTask;

        public PeriodicBroadcast Broadcast => broadcast;

        public int Listeners { get; set; }

        protected override void Fire()
        {
            // A broadcast that takes longer than its interval skips the next one.
            if (broadcasts.Goes(this) && _last.IsCompleted) _last = broadcasts.TellAsync(broadcast);
        }
    }

    private sealed class Listener(PeriodicBroadcasts broadcasts, IReadOnlyList<PeriodicBroadcast> heard) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) broadcasts.Leave(heard);
        }
    }
}
