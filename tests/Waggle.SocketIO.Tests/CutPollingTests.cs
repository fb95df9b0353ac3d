using System.Text.Json;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

/// <summary>
/// A client that polls loses its connections after every so many bytes: within the handshake, the join, a question for events, their answer, a pong.
/// </summary>
public sealed class CutPollingTests
{
    private const int Step = 53;
    private const int Wanted = 20;

    [Theory]
    [InlineData(true, 3500)]
    [InlineData(false, 2500)]
    public async Task No_event_is_missing_or_duplicate_at_any_cut(bool answers, int upTo)
    {
        await using var server = await SioServer.StartAsync(o =>
        {
            (o.PingInterval, o.PingTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
            o.ConnectionStateRecovery = new() { MaxDisconnectionDuration = TimeSpan.FromSeconds(10) };
        });
        using var over = new CancellationTokenSource();
        var telling = TellAsync(server.Io, over.Token);
        var (cuts, kept) = (0, 0);
        for (var after = 1; after < upTo; after += Step)
        {
            await using var proxy = new CuttingProxy(server.Url, after, answers);
            var client = new PollingClient(proxy.Url);
            await client.RunAsync().WaitAsync(Eventually.Patience);
            Assert.Equal(Enumerable.Range(client.Seen[0], client.Seen.Count), client.Seen);
            if (proxy.HasCut) cuts++;
            if (proxy.HasCut && client.Sessions == 1) kept++;
        }

        // Most cuts occur after the client has its session id.
        Assert.InRange(cuts, 10, int.MaxValue);
        Assert.InRange(kept, cuts / 3, int.MaxValue);
        await over.CancelAsync();
        await telling;
        await Eventually.Async(() => server.Io.ClientsCount == 0, "every session is over");
        await Eventually.Async(() => server.Io.Main.Members.IsEmpty, "nothing is kept for anybody");
    }

    private static async Task TellAsync(SocketIOServer io, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            io.Emit("n", i);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    /// <summary>Behaves like the clients of Socket.IO: after any fault it reconnects with its session and the last offset that it received.</summary>
    private sealed class PollingClient(Uri url)
    {
        private string? _pid;
        private string? _offset;

        /// <summary>The events that it received in its session.</summary>
        public List<int> Seen { get; } = [];

        public int Sessions { get; private set; }

        public async Task RunAsync()
        {
            while (true)
            {
                using var http = new HttpClient { BaseAddress = url };
                try
                {
                    var polling = new RawPolling(http);
                    await polling.BeginAsync();
                    await SayAsync(polling, _pid is null ? "40" : _offset is null ? $$"""40{"pid":"{{_pid}}"}""" : $$"""40{"pid":"{{_pid}}","offset":"{{_offset}}"}""");
                    while (Seen.Count < Wanted)
                    {
                        using var answer = await polling.AskAsync();
                        answer.EnsureSuccessStatusCode();
                        foreach (var packet in (await answer.Content.ReadAsStringAsync()).Split('\x1e')) await TakeAsync(polling, packet);
                    }

                    await SayAsync(polling, "1");
                    return;
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    // The client reconnects.
                }
            }
        }

        private static async Task SayAsync(RawPolling polling, string packet)
        {
            using var answer = await polling.PostAsync(packet);
            answer.EnsureSuccessStatusCode();
        }

        private async Task TakeAsync(RawPolling polling, string packet)
        {
            if (packet == "2") await SayAsync(polling, "3");
            else if (packet.StartsWith("40", StringComparison.Ordinal)) Join(JsonDocument.Parse(packet[2..]).RootElement.GetProperty("pid").GetString()!);
            else if (packet.StartsWith("42", StringComparison.Ordinal))
            {
                var told = JsonDocument.Parse(packet[2..]).RootElement;
                Seen.Add(told[1].GetInt32());
                _offset = told[2].GetString();
            }
            else if (packet == "1") throw new IOException("The session is over.");
        }

        private void Join(string pid)
        {
            if (pid == _pid) return;
            Sessions++;
            Seen.Clear();
            (_pid, _offset) = (pid, null);
        }
    }
}
