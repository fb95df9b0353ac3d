namespace Waggle.Survey.Sources;

/// <summary>
/// The ignore rules of one directory: its own <c>.gitignore</c>, then those of the directories above it, as in https://git-scm.com/docs/gitignore. A file below
/// an excluded directory cannot be re-included. This type does not check that: the walk asks for each directory first and does not enter an excluded one.
/// </summary>
internal sealed class GitIgnore
{
    public static readonly GitIgnore None = new(null, 0, []);

    private readonly GitIgnore? _outer;
    private readonly int _prefix;
    private readonly List<Rule> _rules;

    private GitIgnore(GitIgnore? outer, int prefix, List<Rule> rules) => (_outer, _prefix, _rules) = (outer, prefix, rules);

    private enum Verdict { Excluded, Included }

    /// <param name="directory">The directory of the rules, relative to the repository, ending in <c>/</c>; empty for its root.</param>
    /// <param name="text">The text of the ignore file.</param>
    public GitIgnore Within(string directory, string text)
    {
        var rules = Parse(text);
        return rules.Count == 0 ? this : new GitIgnore(this, directory.Length, rules);
    }

    /// <param name="path">The path relative to the repository, without a slash at either end.</param>
    /// <param name="isDirectory">Whether the path is a directory. Rules that end in <c>/</c> match directories only.</param>
    public bool Excludes(string path, bool isDirectory)
    {
        for (var level = this; level is not null; level = level._outer)
            if (level.Match(path.AsSpan(level._prefix), isDirectory) is { } verdict)
                return verdict == Verdict.Excluded;
        return false;
    }

    private Verdict? Match(ReadOnlySpan<char> path, bool isDirectory)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            var rule = _rules[i];
            if (rule.DirectoryOnly && !isDirectory)
                continue;
            if (Glob.Matches(rule.Pattern, rule.NameOnly ? name : path))
                return rule.Negated ? Verdict.Included : Verdict.Excluded;
        }
        return null;
    }

    private static List<Rule> Parse(string text)
    {
        var rules = new List<Rule>();
        foreach (var raw in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            var line = TrimUnescapedSpaces(raw);
            if (line.IsEmpty || line[0] == '#')
                continue;
            var negated = line[0] == '!';
            if (negated)
                line = line[1..];
            var directoryOnly = line.EndsWith("/");
            if (directoryOnly)
                line = line[..^1];
            // A slash before the end binds the pattern to the directory of its file.
            var nameOnly = !line.Contains('/');
            if (line.StartsWith("/"))
                line = line[1..];
            if (!line.IsEmpty)
                rules.Add(new Rule(line.ToString(), negated, directoryOnly, nameOnly));
        }
        return rules;
    }

    private static ReadOnlySpan<char> TrimUnescapedSpaces(ReadOnlySpan<char> line)
    {
        var keep = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
                keep = Math.Min(++i + 1, line.Length);
            else if (line[i] != ' ')
                keep = i + 1;
        }
        return line[..keep];
    }

    private sealed record Rule(string Pattern, bool Negated, bool DirectoryOnly, bool NameOnly);

    /// <summary>git's wildmatch: <c>*</c> and <c>?</c> stop at a slash, <c>**</c> as a whole path segment does not.</summary>
    private static class Glob
    {
        // A foreign tree may contain patterns such as "*a*a*a*a*b". Without a memory of failed states their time is exponential.
        public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text) =>
            Matches(pattern, 0, text, pattern.Count('*') > 2 ? new bool[pattern.Length * (text.Length + 1)] : []);

        private static bool Matches(ReadOnlySpan<char> pattern, int p, ReadOnlySpan<char> text, Span<bool> failed)
        {
            for (var t = 0; p < pattern.Length; t++)
            {
                if (pattern[p] == '*')
                {
                    // The length of the remaining text identifies it, so both together are the state.
                    var state = p + (pattern.Length * (text.Length - t));
                    if (!failed.IsEmpty && failed[state])
                        return false;
                    var matches = MatchesStar(pattern, p, text[t..], failed);
                    if (!failed.IsEmpty)
                        failed[state] = !matches;
                    return matches;
                }
                if (t >= text.Length)
                    return false;
                switch (pattern[p])
                {
                    case '?' when text[t] != '/':
                        p++;
                        break;
                    case '?':
                        return false;
                    case '[':
                        p = Class(pattern, p, text[t]);
                        if (p < 0)
                            return false;
                        break;
                    case '\\' when p + 1 == pattern.Length:
                        return false;
                    case '\\' when pattern[p + 1] == text[t]:
                        p += 2;
                        break;
                    case var c when c == text[t] && c != '\\':
                        p++;
                        break;
                    default:
                        return false;
                }
                if (p == pattern.Length)
                    return t + 1 == text.Length;
            }
            return text.IsEmpty;
        }

        private static bool MatchesStar(ReadOnlySpan<char> pattern, int p, ReadOnlySpan<char> text, Span<bool> failed)
        {
            var first = p;
            while (p < pattern.Length && pattern[p] == '*')
                p++;
            var wholeSegment = (first == 0 || pattern[first - 1] == '/') && (p == pattern.Length || pattern[p] == '/');
            var crosses = p - first > 1 && wholeSegment;
            // "a/**/b" also matches "a/b": the stars and one of their slashes may match nothing.
            if (crosses && p < pattern.Length && Matches(pattern, p + 1, text, failed))
                return true;
            if (p == pattern.Length)
                return crosses || !text.Contains('/');
            for (var skip = 0; skip <= text.Length; skip++)
            {
                if (Matches(pattern, p, text[skip..], failed))
                    return true;
                if (skip < text.Length && text[skip] == '/' && !crosses)
                    return false;
            }
            return false;
        }

        /// <summary>Returns the position after the class; -1 if it does not contain the character or never ends.</summary>
        private static int Class(ReadOnlySpan<char> pattern, int p, char c)
        {
            var negated = ++p < pattern.Length && pattern[p] is '!' or '^';
            if (negated)
                p++;
            var found = false;
            for (var start = p; p < pattern.Length; p++)
            {
                if (pattern[p] == ']' && p > start)
                    return found != negated && c != '/' ? p + 1 : -1;
                if (Named(pattern[p..], c, out var isIn, out var length))
                {
                    found |= isIn;
                    p += length - 1;
                    continue;
                }
                if (pattern[p] == '\\' && ++p == pattern.Length)
                    return -1;
                var low = pattern[p];
                var high = low;
                if (p + 2 < pattern.Length && pattern[p + 1] == '-' && pattern[p + 2] != ']')
                {
                    p += pattern[p + 2] == '\\' && p + 3 < pattern.Length ? 3 : 2;
                    high = pattern[p];
                }
                found |= low <= c && c <= high;
            }
            return -1;
        }

        private static bool Named(ReadOnlySpan<char> pattern, char c, out bool isIn, out int length)
        {
            isIn = false;
            length = pattern.StartsWith("[:") ? pattern.IndexOf(":]") + 2 : 0;
            if (length < 4)
                return false;
            isIn = pattern[2..(length - 2)] switch
            {
                "alpha" => char.IsAsciiLetter(c),
                "digit" => char.IsAsciiDigit(c),
                "alnum" => char.IsAsciiLetterOrDigit(c),
                "lower" => char.IsAsciiLetterLower(c),
                "upper" => char.IsAsciiLetterUpper(c),
                "xdigit" => char.IsAsciiHexDigit(c),
                "space" => c is ' ' or (>= '\t' and <= '\r'),
                "blank" => c is ' ' or '\t',
                "punct" => char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && c is > ' ' and < '\x7F',
                "cntrl" => c is < ' ' or '\x7F',
                "print" => c is >= ' ' and < '\x7F',
                "graph" => c is > ' ' and < '\x7F',
                _ => false,
            };
            return true;
        }
    }
}
