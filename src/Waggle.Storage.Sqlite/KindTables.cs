namespace Waggle.Storage.Sqlite;

/// <summary>The tables of the kinds that were declared when the store was opened. Immutable.</summary>
internal sealed class KindTables(IEnumerable<KindTable> tables)
{
    private readonly Dictionary<string, KindTable> _byKind = tables.ToDictionary(table => table.Kind.Name, StringComparer.Ordinal);

    public IEnumerable<KindTable> All => _byKind.Values;

    /// <exception cref="ArgumentException">The kind was not declared.</exception>
    public KindTable this[string kind] => _byKind.TryGetValue(kind, out var table) ? table : throw Undeclared(kind);

    public static ArgumentException Undeclared(string kind) => new($"The kind '{kind}' was not declared when the store was opened.", nameof(kind));
}
