namespace Waggle.Survey.Measuring.CSharp;

/// <summary>Follows <c>#if</c> with the symbols that the file itself defines, and no others.</summary>
internal sealed class CSharpDirectives
{
    private readonly HashSet<string> _defined = new(StringComparer.Ordinal);
    private readonly Stack<Branch> _open = new();

    /// <summary>Whether the following text is in a branch that is not taken.</summary>
    public bool IsMuted => _open.TryPeek(out var branch) && branch.IsMuted;

    /// <param name="line">The directive, from its hash on.</param>
    public void Follow(ReadOnlySpan<char> line)
    {
        var text = line[1..].TrimStart();
        var end = text.IndexOfAnyExceptInRange('a', 'z');
        var name = end < 0 ? text : text[..end];
        var rest = text[name.Length..];
        var comment = rest.IndexOf("//");
        if (comment >= 0) rest = rest[..comment];
        rest = rest.Trim();
        switch (name)
        {
            case "define" when !IsMuted:
                _defined.Add(rest.ToString());
                break;
            case "undef" when !IsMuted:
                _defined.Remove(rest.ToString());
                break;
            case "if":
                var outer = IsMuted;
                var taken = !outer && IsTrue(rest);
                _open.Push(new Branch(outer, taken, !taken));
                break;
            case "elif" when _open.TryPop(out var before):
                var isTaken = !before.Outer && !before.Taken && IsTrue(rest);
                _open.Push(new Branch(before.Outer, before.Taken || isTaken, !isTaken));
                break;
            case "else" when _open.TryPop(out var last):
                _open.Push(new Branch(last.Outer, true, last.Outer || last.Taken));
                break;
            case "endif":
                _open.TryPop(out _);
                break;
        }
    }

    private bool IsTrue(ReadOnlySpan<char> condition) => new CSharpCondition(condition, _defined).Value();

    /// <param name="Outer">Whether the branch around it is not taken.</param>
    /// <param name="Taken">Whether one of the branches so far was taken.</param>
    private readonly record struct Branch(bool Outer, bool Taken, bool IsMuted);
}
