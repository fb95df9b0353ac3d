using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Core.Audit;

/// <summary>Adds counted refusals to the audit log.</summary>
internal sealed record KeepRefusals(IReadOnlyList<CountedRefusal> Refusals) : Command<NoResult>
{
    public override string Right => Permissions.AdminSystem;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.Nothing;
}

/// <summary>Adds an entry to the audit log. The log of records does not have it.</summary>
internal sealed record AuditWritten(AuditEntity Entry) : InternalData;
