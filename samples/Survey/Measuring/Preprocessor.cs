namespace Waggle.Survey.Measuring;

/// <summary>
/// Follows <c>#if</c> without knowing any definition: the first branch is taken, except after <c>#if 0</c>.
/// Taking all of them would see the opening braces of several versions of a function and one closing one.
/// </summary>
internal sealed class Preprocessor
{
    private readonly Stack<(bool Outer, bool Taken)> _open = new();

    /// <summary>Whether what is read now lies in a branch that is not taken.</summary>
    public bool IsMuted { get; private set; }

    /// <summary>A directive goes to the end of its line, or further when a backslash says so.</summary>
    public static int DirectiveEnd(string text, int at)
    {
        while (true)
        {
            var end = text.IndexOf('\n', at);
            if (end < 0)
                return text.Length;
            if (text[end - 1] != '\\')
                return end;
            at = end + 1;
        }
    }

    public void Follow(ReadOnlySpan<char> directive)
    {
        var rest = directive.TrimStart('#').TrimStart();
        if (rest.StartsWith("if"))
        {
            var taken = !(rest.StartsWith("if ") && rest[3..].Trim() is "0");
            _open.Push((IsMuted, taken));
            IsMuted |= !taken;
        }
        else if (rest.StartsWith("el") && _open.TryPop(out var branch))
        {
            IsMuted = branch.Outer || branch.Taken;
            _open.Push((branch.Outer, true));
        }
        else if (rest.StartsWith("endif") && _open.TryPop(out var ended))
            IsMuted = ended.Outer;
    }
}
