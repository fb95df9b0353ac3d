using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Waggle.Benchmarks.EndToEnd;

/// <param name="Subscribers">The number of connections, each with one subscription to the one topic.</param>
/// <param name="Rate">The number of publishes a second; 0 publishes at the greatest rate, with <paramref name="Window"/> publishes under way.</param>
/// <param name="Size">The padding in each record, in bytes.</param>
internal sealed record FanOutPlan(int Subscribers, int Rate, int Window, int Seconds, int Size, RoadKind Road);

/// <param name="HubMicros">The hub's CPU time for one delivery.</param>
/// <param name="AllocatedBytes">The hub's allocation on its managed heap for one delivery, in bytes.</param>
/// <param name="KbPerConnection">The resident memory that an idle subscriber adds to the hub.</param>
internal sealed record FanOutResult(
    RoadKind Road, int Subscribers, double PublishesPerSecond, double DeliveriesPerSecond, double HubMicros, double AllocatedBytes, double P50Ms, double P99Ms, double KbPerConnection, int Cores);

/// <summary>
/// Measures one publisher and many subscribers over plain WebSockets: whether each record reaches all of them, and after which time. Publisher and readers
/// share the machine with the hub.
/// </summary>
internal sealed class FanOutBench(FanOutPlan plan, Action<string> say) : IDisposable
{
    private const int OpenAtOnce = 50;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly LatencyCount _latency = new();
    private readonly SemaphoreSlim _window = new(plan.Window);
    private long _delivered;

    public void Dispose() => _window.Dispose();

    public async Task<FanOutResult> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        var sockets = new List<ClientWebSocket>();
        try
        {
            using var road = new Road(plan.Road, folder);
            await using var hub = await ChildHub.StartAsync(folder, road.HubArguments);
            var publisher = await OpenAsync(road, hub.Url, sockets, cancel);
            var before = hub.ResidentMb;
            say($"{plan.Subscribers} subscribers connect");
            var readers = new List<ClientWebSocket>();
            while (readers.Count < plan.Subscribers)
            {
                var some = Math.Min(OpenAtOnce, plan.Subscribers - readers.Count);
                readers.AddRange(await Task.WhenAll(Enumerable.Range(0, some).Select(_ => SubscribeAsync(road, hub.Url, sockets, cancel))));
            }

            var kilobytes = (hub.ResidentMb - before) * 1024 / plan.Subscribers;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var reading = readers.ConvertAll(r => ReadAsync(r, over.Token));
            say(plan.Rate > 0 ? $"{plan.Rate} publishes/s" : $"as fast as it goes, {plan.Window} publishes under way");
            var publishing = PublishAsync(publisher, over.Token);
            await Task.Delay(WarmUp, TimeProvider.System, cancel);
            _latency.Clear();
            var allocated = await hub.AllocatedAsync(road.Http, cancel);
            var (cpu, count, started) = (hub.Cpu, Volatile.Read(ref _delivered), Stopwatch.GetTimestamp());
            await Task.WhenAny(publishing, Task.WhenAny(reading), Task.Delay(TimeSpan.FromSeconds(plan.Seconds), TimeProvider.System, cancel));
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var deliveries = Volatile.Read(ref _delivered) - count;
            var micros = (hub.Cpu - cpu).TotalMicroseconds / deliveries;
            allocated = (await hub.AllocatedAsync(road.Http, cancel) - allocated) / deliveries;
            cancel.ThrowIfCancellationRequested();
            if (publishing.IsCompleted || reading.Exists(r => r.IsCompleted)) throw new InvalidOperationException("The hub ended a connection of the bench.");
            await over.CancelAsync();
            await Task.WhenAll([publishing, .. reading]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new(
                plan.Road, plan.Subscribers, deliveries / seconds / plan.Subscribers, deliveries / seconds, micros, allocated, _latency.AtMs(0.5), _latency.AtMs(0.99), kilobytes, Environment.ProcessorCount);
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ClientWebSocket> OpenAsync(Road road, Uri hub, List<ClientWebSocket> sockets, CancellationToken cancel)
    {
        var socket = await road.OpenAsync(hub, cancel);
        lock (sockets) sockets.Add(socket);
        await socket.SendAsync("""{"type":"hello","protocols":["waggle.v1"]}"""u8.ToArray(), WebSocketMessageType.Text, true, cancel);
        await socket.ReceiveAsync(new byte[4096].AsMemory(), cancel);
        return socket;
    }

    private static async Task<ClientWebSocket> SubscribeAsync(Road road, Uri hub, List<ClientWebSocket> sockets, CancellationToken cancel)
    {
        var socket = await OpenAsync(road, hub, sockets, cancel);
        await socket.SendAsync("""{"type":"subscribe","id":"s","topics":["app.bench"]}"""u8.ToArray(), WebSocketMessageType.Text, true, cancel);
        await socket.ReceiveAsync(new byte[4096].AsMemory(), cancel);
        return socket;
    }

    private async Task PublishAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var pad = new string('x', plan.Size);
        using var beat = plan.Rate > 0 ? new PeriodicTimer(TimeSpan.FromSeconds(1.0 / plan.Rate)) : null;
        while (!cancel.IsCancellationRequested)
        {
            if (beat is null) await _window.WaitAsync(cancel);
            else await beat.WaitForNextTickAsync(cancel);
            var message = string.Create(CultureInfo.InvariantCulture, $$$"""{"type":"publish","topic":"app.bench","data":{"t":{{{Stopwatch.GetTimestamp()}}},"pad":"{{{pad}}}"}}""");
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, cancel);
        }
    }

    private async Task ReadAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var buffer = new byte[plan.Size + 1024];
        while (!cancel.IsCancellationRequested)
        {
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
                if (part.MessageType == WebSocketMessageType.Close) return;
                length += part.Count;
                if (part.EndOfMessage) break;
            }

            if (!TryFindTime(buffer.AsSpan(0, length), out var then)) continue;
            _latency.Add(Stopwatch.GetElapsedTime(then));
            if (Interlocked.Increment(ref _delivered) % plan.Subscribers == 0 && plan.Rate == 0) _window.Release();
        }
    }

    private static bool TryFindTime(ReadOnlySpan<byte> message, out long time)
    {
        var mark = "\"data\":{\"t\":"u8;
        var at = message.IndexOf(mark);
        time = 0;
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(message[(at + mark.Length)..], out time, out _);
    }
}
