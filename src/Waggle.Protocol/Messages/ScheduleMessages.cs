using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Creates a schedule, or replaces what one does and when. The same again changes nothing.</summary>
public sealed record ScheduleSet : ClientMessage
{
    public override string Type => "schedule.set";

    /// <summary>The id, which the client chooses.</summary>
    public required string Schedule { get; init; }
    public required ScheduleSpec Spec { get; init; }
}

/// <summary>Stops the runs of a schedule until it is resumed. Its open tasks go on.</summary>
public sealed record SchedulePause : ClientMessage
{
    public override string Type => "schedule.pause";

    public required string Schedule { get; init; }
}

/// <summary>Ends a pause. The next run is the next one after now.</summary>
public sealed record ScheduleResume : ClientMessage
{
    public override string Type => "schedule.resume";

    public required string Schedule { get; init; }
}

/// <summary>Runs a schedule now, beside its times. The overlap policy applies; a run that it skips is INVALID_STATE.</summary>
public sealed record ScheduleRunNow : ClientMessage
{
    public override string Type => "schedule.run";

    public required string Schedule { get; init; }
}

/// <summary>Deletes a schedule. Its open tasks go on.</summary>
public sealed record ScheduleRemove : ClientMessage
{
    public override string Type => "schedule.remove";

    public required string Schedule { get; init; }
}

public sealed record ScheduleShow : ClientMessage
{
    public override string Type => "schedule.show";

    public required string Schedule { get; init; }
}

/// <summary>Lists schedules, the newest first.</summary>
public sealed record ScheduleList : ClientMessage
{
    public override string Type => "schedule.list";

    /// <summary>Only those of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Only those in this state.</summary>
    public ScheduleState? State { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}
