namespace Waggle.Core.Ports;

/// <summary>A kind of entity and the columns that queries may filter by (text, at most eight), declared by the feature that owns it.</summary>
/// <param name="Unique">The index columns whose values, unless null, are unique within the hive and kind. A commit that breaks this, with its entities taken
/// one after the other, fails with <see cref="StoreException"/>.</param>
public sealed record EntityKind(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string>? Unique = null)
{
    /// <summary>The greatest number of columns of a kind.</summary>
    public const int MaxColumns = 8;

    private const int MaxNameLength = 40;

    /// <summary>Checks a declaration. Every store does so for each kind when it opens, so that a kind which one store takes fits every other.</summary>
    /// <exception cref="ArgumentException">The declaration breaks a rule; the message names the kind and the rule.</exception>
    public static void Check(EntityKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        if (kind.Columns.Count > MaxColumns)
            throw new ArgumentException($"The kind '{kind.Name}' declares {kind.Columns.Count} columns; at most {MaxColumns} are kept.", nameof(kind));
        if (kind.Columns.Append(kind.Name).FirstOrDefault(name => !IsName(name)) is { } bad)
        {
            throw new ArgumentException(
                $"'{bad}' (kind '{kind.Name}') is not a name for a kind or column: a-z, 0-9 and _, a letter first, at most {MaxNameLength}.", nameof(kind));
        }

        if (kind.Columns.Distinct().Count() != kind.Columns.Count)
            throw new ArgumentException($"The kind '{kind.Name}' declares a column twice.", nameof(kind));
        if (kind.Unique?.Except(kind.Columns).FirstOrDefault() is { } stray)
            throw new ArgumentException($"The kind '{kind.Name}' calls '{stray}' unique but declares no such column.", nameof(kind));
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && char.IsAsciiLetterLower(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
