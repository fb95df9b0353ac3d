using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>Something that is told periodically: the answer to a query, as a record.</summary>
public sealed record Beat(TimeSpan Every, BeatQuery Query)
{
    /// <summary>Dialects with the same query and pace share one record.</summary>
    public string Topic { get; } = string.Create(CultureInfo.InvariantCulture, $"system.{Query.Name}.{Every.TotalSeconds}s");
}

/// <param name="Name">The record's kind, and part of its topic.</param>
/// <param name="Ask">The answer, with the eyes of the hub; null where there is none at the moment.</param>
/// <param name="Write">The record's data.</param>
public sealed record BeatQuery(string Name, Func<IHive, Principal, CancellationToken, Task<object?>> Ask, Action<Utf8JsonWriter, object> Write)
{
    public static BeatQuery Overview { get; } = new(
        "overview",
        async (hive, by, cancel) => (await hive.OverviewAsync(by, cancel)).Value,
        (writer, overview) => HiveOverviews.Write(writer, (HiveOverview)overview));
}

/// <summary>Keeps time for what is told periodically: one tick for each pace and query while anybody listens, whoever they are and however many.</summary>
public sealed partial class Beats(IHive hive, DeliveryLoop delivery, TimerWheel wheel, TimeProvider time, ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pace> _paces = new(StringComparer.Ordinal);

    /// <summary>Somebody listens, until the end of what this gives.</summary>
    public IDisposable Listen(IReadOnlyList<Beat> beats)
    {
        lock (_lock)
        {
            foreach (var beat in beats)
            {
                if (!_paces.TryGetValue(beat.Topic, out var pace)) _paces[beat.Topic] = pace = new Pace(this, beat);
                if (pace.Listeners++ == 0) wheel.Set(pace, beat.Every);
            }
        }

        return new Listener(this, beats);
    }

    private void Leave(IReadOnlyList<Beat> beats)
    {
        lock (_lock)
        {
            foreach (var beat in beats)
            {
                if (--_paces[beat.Topic].Listeners == 0) wheel.Clear(_paces[beat.Topic]);
            }
        }
    }

    private bool Goes(Pace pace)
    {
        lock (_lock)
        {
            if (pace.Listeners == 0) return false;
            wheel.Set(pace, pace.Beat.Every);
            return true;
        }
    }

    private async Task TellAsync(Beat beat)
    {
        try
        {
            if (await beat.Query.Ask(hive, Principal.Hub(hive.Options.Hive), CancellationToken.None) is not { } answer) return;
            var data = new ArrayBufferWriter<byte>(1024);
            using (var writer = new Utf8JsonWriter(data, JsonText.Trusted)) beat.Query.Write(writer, answer);

            // It clears its own topic: nobody who comes later is told an old one.
            await delivery.TellAsync(new Record(hive.Head, beat.Topic, beat.Query.Name, RecordClass.Latest, time.GetUtcNow(), null, data.WrittenMemory, answer, beat.Topic));
        }
        catch (Exception e) when (e is StoreException or System.Threading.Channels.ChannelClosedException)
        {
            LogSkipped(log, beat.Topic, e);
        }
        catch (Exception e)
        {
            LogFailed(log, beat.Topic, e);
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "There was no {Topic} this time.")]
    private static partial void LogSkipped(ILogger logger, string topic, Exception e);

    [LoggerMessage(11, LogLevel.Error, "{Topic} could not be told.")]
    private static partial void LogFailed(ILogger logger, string topic, Exception e);

    private sealed class Pace(Beats beats, Beat beat) : WheelTimer
    {
        private Task _last = Task.CompletedTask;

        public Beat Beat => beat;

        public int Listeners { get; set; }

        protected override void Fire()
        {
            // One that takes longer than its pace is not overtaken.
            if (beats.Goes(this) && _last.IsCompleted) _last = beats.TellAsync(beat);
        }
    }

    private sealed class Listener(Beats beats, IReadOnlyList<Beat> heard) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) beats.Leave(heard);
        }
    }
}
