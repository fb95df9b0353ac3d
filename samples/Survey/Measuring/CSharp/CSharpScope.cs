namespace Waggle.Survey.Measuring.CSharp;

/// <summary>The types and functions around a position. Namespaces are left out, because the file's path shows them.</summary>
internal sealed class CSharpScope
{
    private readonly List<string> _names = [];

    public string Qualify(string name) => _names.Count == 0 ? name : $"{string.Join('.', _names.Where(n => n.Length > 0).Append(name))}";

    /// <param name="name">The name; empty for a part without one.</param>
    public void Enter(string name) => _names.Add(name);

    public void Leave() => _names.RemoveAt(_names.Count - 1);
}
