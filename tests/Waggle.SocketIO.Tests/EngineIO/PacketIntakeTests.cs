using System.Text;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class PacketIntakeTests : IAsyncDisposable
{
    private readonly EngineRig _rig = new();

    [Theory]
    [InlineData("", DisconnectReasons.ParseError)]
    [InlineData("7", DisconnectReasons.ParseError)]
    [InlineData("1", DisconnectReasons.TransportClose)]
    [InlineData("2", DisconnectReasons.TransportError)]
    [InlineData("0", null)]
    [InlineData("3", null)]
    [InlineData("5", null)]
    [InlineData("6", null)]
    public async Task A_packet_that_is_no_message_ends_the_session_or_is_dropped(string packet, string? end)
    {
        Assert.Equal(end, await _rig.Session.Intake.TakeTextAsync(Encoding.UTF8.GetBytes(packet)));
        Assert.Empty(_rig.Client.Texts);
    }

    [Fact]
    public async Task Messages_reach_the_client_without_their_type()
    {
        Assert.Null(await _rig.Session.Intake.TakeTextAsync("4hello"u8.ToArray()));
        await _rig.Session.Intake.TakeBinaryAsync(new byte[] { 1, 2 });
        Assert.Equal(["hello"], _rig.Client.Texts);
        Assert.Equal([1, 2], Assert.Single(_rig.Client.Binaries));
    }

    [Fact]
    public async Task The_thread_that_reads_is_known_until_it_waits()
    {
        var intake = _rig.Session.Intake;
        Assert.False(intake.IsReadHere);
        intake.BeginRead();
        Assert.True(intake.IsReadHere);
        var slow = new TaskCompletionSource();
        _rig.Client.Takes = () => slow.Task;
        var taking = intake.TakeTextAsync("4slow"u8.ToArray());
        Assert.False(intake.IsReadHere);
        slow.SetResult();
        Assert.Null(await taking);
    }

    [Fact]
    public async Task The_heartbeat_does_not_count_the_time_of_a_slow_message()
    {
        _rig.Session.Transport.BeginPolling();
        var slow = new TaskCompletionSource();
        _rig.Client.Takes = () => slow.Task;
        var taking = _rig.Session.Intake.TakeTextAsync("4slow"u8.ToArray()).AsTask();
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        _rig.Session.CloseIfLate();
        Assert.False(_rig.Session.IsClosed);
        slow.SetResult();
        await taking;
        _rig.Session.CloseIfLate();
        Assert.False(_rig.Session.IsClosed);
        _rig.Time.Advance(_rig.Options.PingInterval + _rig.Options.PingTimeout);
        _rig.Session.CloseIfLate();
        await Eventually.Async(() => !_rig.Client.Closed.IsEmpty, "the end");
        Assert.Equal([DisconnectReasons.PingTimeout], _rig.Client.Closed);
    }

    [Fact]
    public async Task The_heartbeat_continues_after_a_slow_message_that_failed()
    {
        _rig.Session.Transport.BeginPolling();
        var slow = new TaskCompletionSource();
        _rig.Client.Takes = () => slow.Task;
        var taking = _rig.Session.Intake.TakeTextAsync("4slow"u8.ToArray()).AsTask();
        slow.SetException(new InvalidOperationException("It fails."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => taking);
        _rig.Time.Advance(_rig.Options.PingInterval + _rig.Options.PingTimeout);
        _rig.Session.CloseIfLate();
        await Eventually.Async(() => !_rig.Client.Closed.IsEmpty, "the end");
        Assert.Equal([DisconnectReasons.PingTimeout], _rig.Client.Closed);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
