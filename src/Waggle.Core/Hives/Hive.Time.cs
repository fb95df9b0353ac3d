namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // While workers are expected to report, the loop looks at its clocks this often: a pause of the process shows as a longer gap.
    private static readonly TimeSpan ListenBeat = TimeSpan.FromMilliseconds(500);

    // Commands wait this long behind a slow commit without harm; a longer gap is time in which no worker could be heard.
    private static readonly TimeSpan DeafAfter = TimeSpan.FromSeconds(1);

    // A clock that is wrong by years for a moment must not delete everything.
    private static readonly TimeSpan RetentionPause = TimeSpan.FromHours(1);

    private bool _clockBehind;

    /// <summary>Reads the hive's time. A lease lapses only while the hub could hear its worker: after a jump or a gap each one gets a full period.</summary>
    private void ReadClock()
    {
        _now = _clock.Now();
        if (_clock.Jump > TimeSpan.Zero)
        {
            LogClockAhead(_log, Options.Hive, _clock.Jump.TotalSeconds);
            _pruneAt = Max(_pruneAt, _now + RetentionPause);
        }

        var deaf = _clock.Passed > DeafAfter && _engine.State.AwaitsReports;
        if (deaf) LogDeaf(_log, Options.Hive, _clock.Passed.TotalSeconds);
        if (deaf || _clock.Jump > TimeSpan.Zero) _engine.State.GrantFullPeriod(_now);
        var behind = _clock.Offset < -HiveClock.JumpFrom;
        if (behind && !_clockBehind) LogClockBehind(_log, -_clock.Offset.TotalSeconds);
        _clockBehind = behind;
    }
}
