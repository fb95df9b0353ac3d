using Waggle.Core.Hives;

namespace Waggle.Dialects.Hosting;

/// <summary>Changes nothing; its answer comes behind those of all that was submitted before.</summary>
public sealed record InboxBarrier : Command
{
    public override (string Verb, string Resource) Right => ("read", "hive");

    public override Decision Decide(IHiveView view, in DecisionContext context) => Decision.Nothing;
}
