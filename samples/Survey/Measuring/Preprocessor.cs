namespace Waggle.Survey.Measuring;

/// <summary>
/// Follows <c>#if</c> without the definitions. It takes the first branch, except after <c>#if 0</c>. All branches together could contain the opening braces of
/// several versions of a function and only one closing brace.
/// </summary>
internal sealed class Preprocessor
{
    private readonly Stack<(bool Outer, bool Taken)> _open = new();

    /// <summary>Whether the text being read is in a branch that is not taken.</summary>
    public bool IsMuted { get; private set; }

    /// <summary>Returns the end of a directive: the end of its line, or of a later one after a backslash.</summary>
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
