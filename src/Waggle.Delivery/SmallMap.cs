using System.Diagnostics.CodeAnalysis;

namespace Waggle.Delivery;

/// <summary>
/// Values by name whose first one costs no object: most connections have one subscription. A mutable struct: a field of its owner, not to be copied. Not
/// thread-safe.
/// </summary>
public struct SmallMap<TValue>
{
    private string? _name;
    private TValue? _value;
    private Dictionary<string, TValue>? _more;

    public readonly int Count => (_name is null ? 0 : 1) + (_more?.Count ?? 0);

    /// <summary>The names there are, on their own: the map may change meanwhile.</summary>
    public readonly string[] Names => _name is null ? [.. _more?.Keys ?? (IEnumerable<string>)[]] : [_name, .. _more?.Keys ?? (IEnumerable<string>)[]];

    /// <summary>A value already there under the name is replaced.</summary>
    public void Set(string name, TValue value)
    {
        if (_name == name || (_name is null && _more?.ContainsKey(name) != true)) (_name, _value) = (name, value);
        else (_more ??= new(StringComparer.Ordinal))[name] = value;
    }

    public bool Remove(string name, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (_name != name) return _more is not null && _more.Remove(name, out value);
        value = _value!;
        (_name, _value) = (null, default);
        return true;
    }
}
