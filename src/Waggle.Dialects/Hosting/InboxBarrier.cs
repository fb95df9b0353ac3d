using Waggle.Core.Kernel;

namespace Waggle.Dialects.Hosting;

/// <summary>Changes nothing; its answer comes behind those of all that was submitted before.</summary>
public sealed record InboxBarrier : Command<NoResult>
{
    public override string Right => "read:hive";

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.Nothing;
}
