using Waggle.Dialects.Hosting;
using Waggle.TestKit;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class KeepAliveTests : IDisposable
{
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    private readonly FakeTime _time = new();
    private readonly List<Exception> _faults = [];
    private readonly Subject _subject = new();
    private readonly TimerWheel _wheel;
    private readonly KeepAlive _keepAlive;

    public KeepAliveTests()
    {
        _wheel = new TimerWheel(_time, TimeSpan.FromMilliseconds(250), _faults.Add);
        _keepAlive = new KeepAlive(_wheel, _subject);
    }

    public void Dispose()
    {
        _wheel.Dispose();
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_client_without_a_hello_is_sent_away()
    {
        _keepAlive.Begin(HelloTimeout);
        Pass(HelloTimeout);
        Assert.Equal("hello missed", _subject.Calls[0]);
    }

    [Fact]
    public void A_hello_counts_as_heard_also_before_the_session_waited_for_anything()
    {
        _subject.IsGreeted = true;
        _keepAlive.Begin(HelloTimeout);
        Pass(HelloTimeout);
        Assert.Empty(_subject.Calls);
    }

    [Fact]
    public void A_silent_client_is_pinged_and_then_ended()
    {
        Greeted();
        Pass(Heartbeat.Standard.Every);
        Assert.Equal(["ping"], _subject.Calls);
        Pass(Heartbeat.Standard.Timeout);
        Assert.Equal(["ping", "abort"], _subject.Calls);
    }

    [Fact]
    public void A_client_that_answers_goes_on()
    {
        Greeted();
        for (var i = 0; i < 5; i++)
        {
            Pass(Heartbeat.Standard.Every);
            _keepAlive.Heard();
            Pass(Heartbeat.Standard.Timeout);
        }

        Assert.DoesNotContain("abort", _subject.Calls);
        Assert.Contains("ping", _subject.Calls);
    }

    [Fact]
    public void A_client_that_the_hub_does_not_read_is_neither_pinged_nor_ended()
    {
        Greeted();
        _subject.IsUnread = true;
        for (var i = 0; i < 5; i++) Pass(Heartbeat.Standard.Timeout);
        Assert.Empty(_subject.Calls);
    }

    [Fact]
    public void A_dialect_that_pings_always_pings_a_client_that_talks_and_permits_as_many_silences_as_it_says()
    {
        _subject.Heartbeat = Heartbeat.Standard with { Always = true, Unanswered = 2 };
        Greeted();
        _keepAlive.Heard();
        Pass(Heartbeat.Standard.Every);
        Assert.Equal(["ping"], _subject.Calls);
        for (var i = 0; i < 3; i++) Pass(Heartbeat.Standard.Timeout);
        Assert.Equal(["ping", "ping", "ping", "abort"], _subject.Calls);
    }

    [Fact]
    public void After_the_end_nothing_is_asked()
    {
        Greeted();
        _keepAlive.End();
        Pass(TimeSpan.FromMinutes(5));
        Assert.Empty(_subject.Calls);
    }

    // Advances the session beyond its first check.
    private void Greeted()
    {
        _subject.IsGreeted = true;
        _keepAlive.Begin(HelloTimeout);
        Pass(HelloTimeout);
        Assert.Equal(_subject.Heartbeat.Always ? ["ping"] : [], _subject.Calls);
        _subject.Calls.Clear();
    }

    private void Pass(TimeSpan time) => _time.Advance(time + TimeSpan.FromMilliseconds(500));

    private sealed class Subject : IKeepAliveSubject
    {
        public List<string> Calls { get; } = [];

        public Heartbeat Heartbeat { get; set; } = Heartbeat.Standard;

        public bool IsGreeted { get; set; }

        public bool IsUnread { get; set; }

        public void Ping() => Calls.Add("ping");

        public void HelloMissed() => Calls.Add("hello missed");

        public void Abort() => Calls.Add("abort");
    }
}
