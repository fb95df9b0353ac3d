using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.Interop;

public sealed class RecoveryClientTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("websocket")]
    [InlineData("polling,websocket")]
    [InlineData("polling")]
    public async Task A_stream_of_10_000_events_survives_fifty_cuts_with_none_missing_and_none_duplicate(string transports)
    {
        var folder = await Clients.NpmAsync();
        using var ended = new CancellationTokenSource();
        var seen = 0;
        await using var server = await SioServer.StartAsync(o => o.ConnectionStateRecovery = new(), io =>
        {
            io.OnConnection(socket =>
            {
                if (!socket.Recovered) socket.Join("stream");
            });
            io.Main.On<int>("seen", (_, next) => Volatile.Write(ref seen, next));
            io.Main.On("begin", async _ =>
            {
                // Until the client has had enough, and never far ahead of it: a slow client is still cut in the middle of the stream.
                for (var i = 0; !ended.IsCancellationRequested; i++)
                {
                    // To a room and to all in turn, with something between that is not kept.
                    if (i % 2 == 0) io.To("stream").Emit("n", i);
                    else io.Emit("n", i);
                    if (i % 5 == 0) io.Volatile.Emit("noise", "text at the end");
                    if (i % 20 == 19) await Task.Delay(1);
                    while (i - Volatile.Read(ref seen) > 400 && !ended.IsCancellationRequested) await Task.Delay(1);
                }
            });
        });
        var (code, said) = await Programs.RunAsync("node", ["recovery.mjs", server.Url.ToString().TrimEnd('/'), transports, "10000", "50"], folder);
        await ended.CancelAsync();
        output.WriteLine(said);
        Assert.True(code == 0, said);
    }
}
