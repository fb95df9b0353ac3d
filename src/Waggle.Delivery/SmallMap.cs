using System.Diagnostics.CodeAnalysis;

namespace Waggle.Delivery;

/// <summary>
/// A map from names to values that needs no object for its first value, because most connections have one subscription. It is a mutable struct: keep it in a
/// field and do not copy it. Not thread-safe.
/// </summary>
public struct SmallMap<TValue>
{
    private string? _name;
    private TValue? _value;
    private Dictionary<string, TValue>? _more;

    /// <summary>Gets the number of values.</summary>
    public readonly int Count => (_name is null ? 0 : 1) + (_more?.Count ?? 0);

    /// <summary>Gets a copy of the names, so that the map may change during an enumeration.</summary>
    public readonly string[] Names => _name is null ? [.. _more?.Keys ?? (IEnumerable<string>)[]] : [_name, .. _more?.Keys ?? (IEnumerable<string>)[]];

    /// <summary>Adds a value, or replaces the value of this name.</summary>
    public void Set(string name, TValue value)
    {
        if (_name == name || (_name is null && _more?.ContainsKey(name) != true)) (_name, _value) = (name, value);
        else (_more ??= new(StringComparer.Ordinal))[name] = value;
    }

    /// <summary>Removes a value.</summary>
    /// <returns>False if there is no value of this name.</returns>
    public bool Remove(string name, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (_name != name) return _more is not null && _more.Remove(name, out value);
        value = _value!;
        (_name, _value) = (null, default);
        return true;
    }
}
