using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Core.Schemas;

/// <summary>
/// Compares the HTTP API of this start with that of the start before, and records the differences. The first start of a hive has nothing to compare.
/// </summary>
/// <param name="Version">The version of the hub.</param>
/// <param name="Operations">The description of each operation, which is compared as it is, by method and path: <c>GET /api/v1/tasks</c>.</param>
public sealed record ReportSchema(string Version, IReadOnlyDictionary<string, string> Operations) : Command<NoResult>
{
    public override string Right => Permissions.WriteSystem;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        var kept = new SchemaKept(new() { Version = Version, Operations = Operations });
        if (view.View<ISchemaView>().Last is not { } last) return Decision.OfRecords(kept);
        var changes = Operations.Keys.Union(last.Operations.Keys, StringComparer.Ordinal)
            .Select(o => (Operation: o, Type: TypeOf(last.Operations.GetValueOrDefault(o), Operations.GetValueOrDefault(o))))
            .Where(c => c.Type is not null)
            .Select(c => (Name: c.Operation.Split(' ', 2), c.Type))
            .OrderBy(c => c.Name[^1], StringComparer.Ordinal).ThenBy(c => c.Name[0], StringComparer.Ordinal)
            .Select(c => new SchemaChange(c.Type!, c.Name[^1], c.Name[0]))
            .ToArray();
        if (changes.Length > 0) return Decision.OfRecords(new SchemaUpdated { Version = Version, OldVersion = last.Version, Changes = changes }, kept);
        return last.Version == Version ? Decision.Nothing : Decision.OfRecords(kept);
    }

    private static string? TypeOf(string? before, string? now) =>
        before is null ? "endpoint_added" : now is null ? "endpoint_removed" : before == now ? null : "endpoint_changed";
}
