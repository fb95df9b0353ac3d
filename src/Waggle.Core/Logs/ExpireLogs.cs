using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Logs;

/// <summary>Deletes the segments past the retention of log lines.</summary>
internal sealed record ExpireLogs : Command<NoResult>
{
    public static EntityKey TimerKey { get; } = new(LogSegmentEntity.Entity.Name, "");

    public override string Right => Permissions.AdminSystem;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.OfRecords(new LogsExpired());
}

internal sealed record LogsExpired : InternalData;
