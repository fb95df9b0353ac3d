namespace Waggle.Survey.Measuring;

/// <summary>Classifies the lines of a file: on a shared line code wins over a comment, and an unmarked line is blank.</summary>
internal sealed class LineTally(int lines)
{
    private readonly bool[] _code = new bool[lines];
    private readonly bool[] _comment = new bool[lines];

    public int Lines => lines;

    public void Code(int line) => Mark(_code, line);

    public void Comment(int line) => Mark(_comment, line);

    public (int Code, int Comment, int Blank) Count()
    {
        var (code, comment) = (0, 0);
        for (var i = 0; i < lines; i++)
        {
            if (_code[i])
                code++;
            else if (_comment[i])
                comment++;
        }
        return (code, comment, lines - code - comment);
    }

    // After a final line end the text has one more, empty, position that is not a line.
    private static void Mark(bool[] marks, int line)
    {
        if (line < marks.Length)
            marks[line] = true;
    }
}
