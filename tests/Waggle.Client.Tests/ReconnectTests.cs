using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests;

public sealed class ReconnectTests
{
    [Fact]
    public async Task What_may_be_said_twice_is_said_again_in_order_and_the_rest_fails_openly()
    {
        await using var hub = ScriptedHub.Start();
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        var first = client.ShowTaskAsync("t1");
        var create = client.CreateTaskAsync(new TaskSpec { Title = "new" });
        var publish = client.PublishAsync("app.x", default);
        var last = client.ShowTaskAsync("t2");
        await Eventually.Async(() => session.Messages.Count() == 5);
        var key = session.Messages.OfType<TaskCreate>().Single().Tasks[0].IdempotencyKey;
        session.Abort();

        var again = await hub.NextSessionAsync();
        await Eventually.Async(() => again.Messages.Count() == 4);
        Assert.Equal(["hello", "task.show", "task.create", "task.show"], again.Messages.Select(m => m.Type));
        Assert.Equal(key, again.Messages.OfType<TaskCreate>().Single().Tasks[0].IdempotencyKey);
        Assert.Equal(ClientErrorCodes.ConnectionLost, (await Assert.ThrowsAsync<WaggleException>(() => publish)).Code);

        foreach (var message in again.Messages.Skip(1).ToList())
        {
            await again.SendAsync(message is TaskCreate c ? Answers.Created(c) : Answers.Reply(message, Answers.Task(((TaskShow)message).Task, TaskState.Pending), HubJson.Default.TaskView));
        }

        Assert.Equal("t1", (await Eventually.Get(first)).Id);
        Assert.Equal("new", (await Eventually.Get(create)).Id);
        Assert.Equal("t2", (await Eventually.Get(last)).Id);
    }

    [Fact]
    public async Task Commands_given_while_the_hub_is_away_wait_for_it()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is Echo ? Answers.Nothing(m) : null;
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        hub.Greet = (s, _) =>
        {
            s.Abort();
            return null;
        };
        await session.CloseAsync(CloseCodes.Draining, "restarting");
        await Eventually.Async(() => !client.IsConnected);
        var echo = client.EchoAsync(default);
        await Eventually.Async(() => hub.Sessions > 3);
        Assert.False(echo.IsCompleted);
        hub.Greet = null;
        await Eventually.Get(echo);
    }

    [Fact]
    public async Task The_client_keeps_trying_with_growing_pauses()
    {
        await using var hub = ScriptedHub.Start();
        var time = new FakeTime();
        var options = Rigs.ClientOptions(hub, time);
        options.BackoffBase = TimeSpan.FromSeconds(1);
        options.BackoffCap = TimeSpan.FromSeconds(4);
        var troubles = 0;
        options.OnDisconnected = _ => Interlocked.Increment(ref troubles);
        await using var client = await WaggleClient.ConnectAsync(options);
        hub.Greet = (s, _) =>
        {
            s.Abort();
            return null;
        };
        (await hub.NextSessionAsync()).Abort();
        await Eventually.Async(() => troubles == 1);
        await time.AdvanceUntilAsync(() => troubles == 2, TimeSpan.FromMilliseconds(100));
        var before = time.GetUtcNow();
        await time.AdvanceUntilAsync(() => troubles == 3, TimeSpan.FromMilliseconds(100));
        Assert.True(time.GetUtcNow() - before >= TimeSpan.FromSeconds(1.4), "the second pause is not longer");
        hub.Greet = null;
        await time.AdvanceUntilAsync(() => client.IsConnected, TimeSpan.FromMilliseconds(100));
    }

    [Theory]
    [InlineData(CloseCodes.Replaced, ClientErrorCodes.Replaced)]
    [InlineData(CloseCodes.AgentRemoved, ErrorCodes.AgentRemoved)]
    [InlineData(CloseCodes.MessageTooBig, ErrorCodes.TooLarge)]
    public async Task A_close_code_that_says_stay_away_is_obeyed(int code, string error)
    {
        await using var hub = ScriptedHub.Start();
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        var echo = client.EchoAsync(default);
        await session.NextAsync<Echo>();
        await session.CloseAsync(code);
        Assert.Equal(error, (await Assert.ThrowsAsync<WaggleException>(() => echo)).Code);
        Assert.Equal(error, (await Assert.ThrowsAsync<WaggleException>(() => client.Completion)).Code);
        Assert.Equal(error, (await Assert.ThrowsAsync<WaggleException>(() => client.EchoAsync(default))).Code);
    }

    [Fact]
    public async Task A_refused_hello_is_an_exception_of_connect()
    {
        await using var hub = ScriptedHub.Start();
        hub.Greet = (_, _) => new ErrorMessage { Code = ErrorCodes.UnsupportedProtocol, Message = "no" };
        var error = await Assert.ThrowsAsync<WaggleException>(() => WaggleClient.ConnectAsync(Rigs.ClientOptions(hub)));
        Assert.Equal(ErrorCodes.UnsupportedProtocol, error.Code);
    }

    [Theory]
    [InlineData(401, ErrorCodes.Unauthenticated)]
    [InlineData(403, ErrorCodes.Forbidden)]
    public async Task A_token_that_is_refused_at_the_door_is_not_offered_again(int status, string code)
    {
        await using var hub = ScriptedHub.Start();
        hub.HttpStatus = status;
        var error = await Assert.ThrowsAsync<WaggleException>(() => WaggleClient.ConnectAsync(Rigs.ClientOptions(hub)));
        Assert.Equal(code, error.Code);
        Assert.Equal(1, hub.Sessions);
    }

    [Fact]
    public async Task Another_http_status_is_only_tried_again()
    {
        await using var hub = ScriptedHub.Start();
        hub.HttpStatus = 503;
        var options = Rigs.ClientOptions(hub);
        options.OnDisconnected = _ => hub.HttpStatus = null;
        await using var client = await WaggleClient.ConnectAsync(options);
        Assert.Equal(2, hub.Sessions);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_an_exception_of_connect_after_its_time()
    {
        var hub = ScriptedHub.Start();
        var options = Rigs.ClientOptions(hub);
        await hub.DisposeAsync();
        options.ConnectTimeout = TimeSpan.FromMilliseconds(50);
        var error = await Assert.ThrowsAsync<WaggleException>(() => WaggleClient.ConnectAsync(options));
        Assert.Equal(ClientErrorCodes.Unreachable, error.Code);
    }

    [Fact]
    public async Task A_token_goes_with_the_upgrade_and_with_hello()
    {
        await using var hub = ScriptedHub.Start();
        var options = Rigs.ClientOptions(hub);
        options.Token = "secret-1";
        await using var client = await WaggleClient.ConnectAsync(options);
        var session = await hub.NextSessionAsync();
        Assert.Equal("secret-1", session.Hello!.Token);
        Assert.Contains("Authorization: Bearer secret-1", session.Head, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("GET /ws/waggle ", session.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_says_good_bye_and_fails_what_waits()
    {
        await using var hub = ScriptedHub.Start();
        var (client, session) = await Rigs.ClientAsync(hub);
        var echo = client.EchoAsync(default);
        await session.NextAsync<Echo>();
        await client.DisposeAsync();
        Assert.Equal(ClientErrorCodes.Closed, (await Assert.ThrowsAsync<WaggleException>(() => echo)).Code);
        await session.Ended.WaitAsync(Eventually.Patience);
    }
}
