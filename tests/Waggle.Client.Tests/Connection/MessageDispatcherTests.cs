using System.Buffers;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Connection;

public sealed class MessageDispatcherTests
{
    private readonly ConnectionState _state = new();
    private readonly RequestTable _requests = new(10, new FakeTime());
    private readonly List<HubMessage> _received = [];
    private readonly List<string> _calls = [];
    private readonly MessageDispatcher _dispatcher;

    public MessageDispatcherTests()
    {
        var owner = new PlainOwner(new WaggleClientOptions(), _received.Add);
        _dispatcher = new MessageDispatcher(_state, _requests, owner, w => _calls.Add($"welcomed {w.Session}"), () => _calls.Add("expiring"));
    }

    [Fact]
    public void The_welcome_opens_the_connection()
    {
        Welcome();
        Assert.Equal((true, 1, "s1"), (_state.IsConnected, _state.Generation, _state.Welcome!.Session));
        Assert.Equal(["welcomed s1"], _calls);
    }

    [Fact]
    public void Another_first_message_is_a_fault()
    {
        var fault = Assert.Throws<WaggleException>(() => Read(new AuthExpiring { TokenExpiresAt = default }));
        Assert.Equal(ClientErrorCodes.Protocol, fault.Code);
        Assert.Contains("auth.expiring", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_hello_is_the_hubs_error()
    {
        var fault = Assert.Throws<WaggleException>(() => Read(new ErrorMessage { Code = ErrorCodes.AgentInUse, Message = "taken", RetryAfterMs = 500 }));
        Assert.Equal((ErrorCodes.AgentInUse, TimeSpan.FromMilliseconds(500)), (fault.Code, fault.RetryAfter));
        Assert.False(_state.IsConnected);
    }

    [Fact]
    public async Task Answers_and_refusals_go_to_their_requests()
    {
        Welcome();
        var (answered, refused) = (await EnqueueAsync(), await EnqueueAsync());

        Read(Answers.Nothing(answered.Message));
        Read(Answers.Error(refused.Message, ErrorCodes.NotFound));

        Assert.Equal(answered.Message.Id, (await answered.Answer).Id);
        Assert.Equal(1, answered.Generation);
        Assert.Equal(ErrorCodes.NotFound, (await Assert.ThrowsAsync<WaggleException>(() => refused.Answer)).Code);
    }

    [Fact]
    public void An_answer_without_its_request_is_passed_over()
    {
        Welcome();
        Read(Answers.Nothing(new Echo { Id = "77" }));
        Assert.Empty(_received);
    }

    [Fact]
    public async Task An_error_for_no_request_in_particular_ends_the_socket_and_no_request()
    {
        Welcome();
        var request = await EnqueueAsync();
        Assert.Throws<WaggleException>(() => Read(new ErrorMessage { Code = ErrorCodes.MalformedMessage, Message = "what?" }));
        Assert.False(request.Answer.IsCompleted);
    }

    [Fact]
    public void Everything_else_is_the_owners_after_warnings_and_goodbyes()
    {
        Welcome();
        Read(new AuthExpiring { TokenExpiresAt = default });
        Read(new Bye { Code = CloseCodes.Draining, Reason = "stopping" });
        Read(new PositionMessage { Position = new Position(1, 2) });

        Assert.Equal(["welcomed s1", "expiring"], _calls);
        Assert.Equal("stopping", _dispatcher.Goodbye!.Reason);
        Assert.Equal(new Position(1, 2), Assert.IsType<PositionMessage>(Assert.Single(_received)).Position);
    }

    private async Task<Call<Reply>> EnqueueAsync()
    {
        var request = new Call<Reply>(_requests.NextNumber(), new Echo(), repeatable: true, type: null);
        await _requests.EnqueueAsync(request);
        return request;
    }

    private void Welcome() => Read(new Welcome
    {
        Protocol = "waggle.v1",
        Hub = "h",
        Hive = "main",
        Session = "s1",
        Position = new Position(1, 1),
        HeartbeatMs = 1000,
        MaxMessageBytes = Limits.MaxMessageBytes,
    });

    private void Read(HubMessage message)
    {
        var frame = new ArrayBufferWriter<byte>();
        MessageCodec.Write(frame, message);
        _dispatcher.Read(frame.WrittenSpan);
    }
}
