using System.Text;
using Waggle.Delivery;
using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class PollQueueTests
{
    private readonly PollQueue _queue = new(new SocketIOOptions());

    [Fact]
    public async Task A_response_has_no_more_packets_than_every_client_accepts_and_the_rest_waits()
    {
        for (var i = 0; i < 40; i++) Assert.True(_queue.TryAdd(EngineFrames.Text(Encoding.UTF8.GetBytes($"4{i}"))));
        List<int> counts = [];
        List<string> packets = [];
        while (_queue.Waiting > 0)
        {
            var answer = await PollAsync();
            counts.Add(answer.Length);
            packets.AddRange(answer);
        }

        Assert.Equal([16, 16, 8], counts);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"4{i}"), packets);
    }

    [Fact]
    public async Task A_batch_of_more_packets_is_split_between_packets()
    {
        byte[] frames = [.. Enumerable.Range(0, 20).SelectMany(i => EngineFrames.Text(Encoding.UTF8.GetBytes($"4{i}")).Body.ToArray())];
        Assert.True(_queue.TryAdd(EngineFrames.Text("4before"u8)));
        Assert.True(_queue.TryAdd(new EncodedMessage(frames)));
        Assert.True(_queue.TryAdd(EngineFrames.Text("4after"u8)));
        Assert.Equal(["4before"], await PollAsync());
        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"4{i}"), await PollAsync());
        Assert.Equal(["416", "417", "418", "419", "4after"], await PollAsync());
        Assert.Equal(0, _queue.Waiting);
    }

    [Fact]
    public async Task The_wait_for_space_ends_with_the_next_response_and_at_once_if_no_packet_waits()
    {
        Assert.True(_queue.WhenTaken.IsCompletedSuccessfully);
        _queue.TryAdd(EngineFrames.Text("4a"u8));
        var taken = _queue.WhenTaken;
        Assert.False(taken.IsCompleted);
        await PollAsync();
        await taken.WaitAsync(Eventually.Patience);
        Assert.True(_queue.WhenTaken.IsCompletedSuccessfully);
    }

    [Fact]
    public void The_wait_for_space_ends_with_the_session()
    {
        _queue.TryAdd(EngineFrames.Text("4a"u8));
        var taken = _queue.WhenTaken;
        _queue.End(DisconnectReasons.ServerShuttingDown);
        Assert.True(taken.IsCompletedSuccessfully);
        Assert.True(_queue.WhenTaken.IsCompletedSuccessfully);
    }

    private async Task<string[]> PollAsync()
    {
        Assert.True(_queue.TryPoll(out var answer));
        return Encoding.UTF8.GetString((await answer)!.Value.Span).Split((char)PollingPayload.Separator);
    }
}
