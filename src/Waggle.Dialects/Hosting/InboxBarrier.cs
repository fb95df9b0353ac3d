using Waggle.Core.Kernel;

namespace Waggle.Dialects.Hosting;

/// <summary>A command without an effect. Its answer follows those of all earlier commands.</summary>
public sealed record InboxBarrier : Command<NoResult>
{
    public override string Right => "read:hive";

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.Nothing;
}
