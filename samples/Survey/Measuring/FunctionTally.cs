namespace Waggle.Survey.Measuring;

/// <summary>
/// Counts functions and decisions of a file. A decision belongs to the innermost function around it. Outside functions it counts for the file only. Lines are
/// one-based.
/// </summary>
internal sealed class FunctionTally
{
    private readonly Stack<Open> _open = new([new Open("", 0)]);
    private int _decisions;

    public int Functions { get; private set; }

    public LongestFunction? Longest { get; private set; }

    public ComplexFunction? MostComplex { get; private set; }

    public int MaxNesting { get; private set; }

    /// <summary>McCabe's number of the whole file: each function counts one, and each decision adds one.</summary>
    public int Cyclomatic => Functions + _decisions;

    public void Begin(string name, int line)
    {
        Functions++;
        _open.Push(new Open(name, line));
    }

    public void End(int line)
    {
        if (_open.Count == 1)
            return;
        var function = _open.Pop();
        var lines = line - function.Line + 1;
        if (Longest is null || lines > Longest.Lines || (lines == Longest.Lines && function.Line < Longest.Line))
            Longest = new LongestFunction(function.Name, function.Line, lines);
        var complexity = function.Decisions + 1;
        if (MostComplex is null || complexity > MostComplex.Complexity || (complexity == MostComplex.Complexity && function.Line < MostComplex.Line))
            MostComplex = new ComplexFunction(function.Name, function.Line, complexity);
    }

    /// <summary>Ends all functions, for files that end inside one, as unbalanced files do.</summary>
    public void EndAll(int lastLine)
    {
        while (_open.Count > 1)
            End(lastLine);
    }

    public void Decide(int count = 1)
    {
        _decisions += count;
        _open.Peek().Decisions += count;
    }

    public void Deeper() => MaxNesting = Math.Max(MaxNesting, ++_open.Peek().Depth);

    public void Shallower() => _open.Peek().Depth--;

    private sealed class Open(string name, int line)
    {
        public string Name { get; } = name;

        public int Line { get; } = line;

        public int Decisions { get; set; }

        public int Depth { get; set; }
    }
}
