using System.Collections.Concurrent;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class MessageReceiverTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly ConcurrentQueue<WaggleException> _fatal = new();
    private readonly RequestTable _requests;
    private readonly WaggleWorkerOptions _options;
    private readonly MessageReceiver _receiver;

    public MessageReceiverTests()
    {
        _requests = new RequestTable(100, _time);
        _options = new WaggleWorkerOptions { Time = _time };
        _receiver = new MessageReceiver(_options, _requests, _fatal.Enqueue);
    }

    public void Dispose() => _requests.Dispose();

    [Fact]
    public async Task A_message_is_acknowledged_after_its_handler()
    {
        _options.OnMessage = (_, _) => ValueTask.CompletedTask;
        _receiver.Receive(Message("am1"));
        var sent = await SentAsync();
        Assert.Equal(("am1", null), (Assert.Single(sent.Messages), sent.Failed));
    }

    [Fact]
    public async Task A_message_whose_handler_fails_each_time_is_given_up_with_the_reason_and_the_next_one_comes()
    {
        var calls = new ConcurrentQueue<string>();
        var failures = new ConcurrentQueue<string>();
        _options.OnMessageFailed = (id, _) => failures.Enqueue(id);
        _options.OnMessage = (message, _) =>
        {
            calls.Enqueue(message.Message);
            return message.Message == "am1" ? throw new InvalidOperationException("It\nbroke.") : ValueTask.CompletedTask;
        };
        _receiver.Receive(Message("am1"));
        _receiver.Receive(Message("am2"));
        var first = await RequestAsync();
        var given = Assert.IsType<MessageAcknowledge>(first.Message);
        Assert.Equal(("am1", "InvalidOperationException"), (Assert.Single(given.Messages), given.Failed));
        Assert.Equal(["am1", "am1", "am1"], calls);
        Assert.Equal(["am1", "am1", "am1"], failures);
        first.Failed(new WaggleException(ErrorCodes.NotFound, "Its time is over."));
        var next = await SentAsync();
        Assert.Equal(("am2", null), (Assert.Single(next.Messages), next.Failed));
    }

    [Fact]
    public async Task A_handler_that_succeeds_at_its_second_call_has_handled_the_message()
    {
        var calls = 0;
        _options.OnMessage = (_, _) => ++calls == 1 ? throw new InvalidOperationException("It broke.") : ValueTask.CompletedTask;
        _receiver.Receive(Message("am1"));
        Assert.Null((await SentAsync()).Failed);
    }

    [Fact]
    public async Task A_hook_that_throws_ends_the_worker()
    {
        _options.OnMessage = (_, _) => throw new InvalidOperationException("It broke.");
        _options.OnMessageFailed = (_, _) => throw new InvalidOperationException("a bug");
        _receiver.Receive(Message("am1"));
        await Eventually.Async(() => !_fatal.IsEmpty);
        Assert.True(_fatal.TryPeek(out var reason));
        Assert.Contains("a bug", reason.Message, StringComparison.Ordinal);
    }

    private static AgentMessage Message(string id) => new()
    {
        Message = id,
        Agent = "a1",
        Swarm = "default",
        Content = RawJson.Parse("1"),
        SentAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch.AddHours(1),
    };

    private async Task<MessageAcknowledge> SentAsync() => Assert.IsType<MessageAcknowledge>((await RequestAsync()).Message);

    // Passes the pauses between the calls of the handler.
    private async Task<Request> RequestAsync()
    {
        Request? sent = null;
        await Eventually.Async(() =>
        {
            if (_requests.Queue.TryRead(out sent)) return true;
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        });
        return sent!;
    }
}
