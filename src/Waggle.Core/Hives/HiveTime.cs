using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

/// <summary>
/// The time of the owner's loop. A lease lapses only while the hub could receive from its worker: after a jump of the wall clock or a gap in the loop, each
/// lease gets a full period. Only the owner's loop uses it.
/// </summary>
internal sealed partial class HiveTime(HiveClock clock, HiveState state, ILogger log)
{
    /// <summary>
    /// The interval at which the loop reads its clocks while a worker's report is due. A longer gap between two readings shows a pause of the process.
    /// </summary>
    public static readonly TimeSpan ListenBeat = TimeSpan.FromMilliseconds(500);

    // A slow commit may delay commands this long without harm. In a longer gap the hub could receive from no worker.
    private static readonly TimeSpan DeafAfter = TimeSpan.FromSeconds(1);

    private bool _behind;

    public DateTimeOffset Now { get; private set; } = clock.Now();

    /// <summary>Reads the clock for a reload, which needs the time at once, and grants no lease a period.</summary>
    public DateTimeOffset Peek() => clock.Now();

    /// <returns>Whether the hive's time jumped forward with the wall clock.</returns>
    public bool Read()
    {
        Now = clock.Now();
        var jumped = clock.Jump > TimeSpan.Zero;
        if (jumped) LogAhead(log, clock.Jump.TotalSeconds, state.Hive);
        var deaf = clock.Passed > DeafAfter && state.AwaitsReports;
        if (deaf) LogDeaf(log, state.Hive, clock.Passed.TotalSeconds);
        if (deaf || jumped) state.GrantFullPeriod(Now);
        var behind = clock.Offset < -HiveClock.JumpFrom;
        if (behind && !_behind) LogBehind(log, -clock.Offset.TotalSeconds);
        _behind = behind;
        return jumped;
    }
}
