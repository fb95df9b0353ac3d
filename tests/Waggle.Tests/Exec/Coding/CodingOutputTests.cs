using System.Text;
using Waggle.Exec;
using Waggle.Exec.Coding;

namespace Waggle.Tests.Exec.Coding;

public sealed class CodingOutputTests
{
    private readonly List<string> _lines = [];
    private readonly CodingOutput _output;

    public CodingOutputTests() => _output = new(line =>
    {
        _lines.Add(line);
        return default;
    });

    [Fact]
    public async Task The_pieces_of_a_long_line_are_one_line()
    {
        await TakeAsync("whole", hasEnd: true);
        await TakeAsync("one, ", hasEnd: false, isWhole: false);
        await TakeAsync("two\r", hasEnd: true, isWhole: false);
        await TakeAsync("last", hasEnd: false);
        await _output.Flush();
        await _output.Flush();
        Assert.Equal(["whole", "one, two", "last"], _lines);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_not_read_and_says_so()
    {
        var piece = new string('x', CodingOutput.MaxLine / 2 + 1);
        await TakeAsync(piece, hasEnd: false, isWhole: false);
        await TakeAsync(piece, hasEnd: false, isWhole: false);
        await TakeAsync("x", hasEnd: true, isWhole: false);
        await TakeAsync("next", hasEnd: true);
        Assert.Equal([$"A line of {2 * piece.Length + 1} bytes is too long and was not read.", "next"], _lines);
    }

    [Fact]
    public void The_complaint_is_the_end_of_standard_error()
    {
        Assert.Null(_output.Complaint);
        for (var i = 0; i < 30; i++) _output.TakeError($"line {i}");
        Assert.StartsWith("line 10\n", _output.Complaint, StringComparison.Ordinal);
        Assert.EndsWith("\nline 29", _output.Complaint, StringComparison.Ordinal);
    }

    private ValueTask TakeAsync(string text, bool hasEnd, bool isWhole = true) => _output.TakeOutput(new Line(Encoding.UTF8.GetBytes(text), isWhole, hasEnd));
}
