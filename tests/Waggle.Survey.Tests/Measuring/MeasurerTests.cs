using System.Text;
using System.Text.Json;
using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;

namespace Waggle.Survey.Tests.Measuring;

public sealed class MeasurerTests
{
    private const string Text = "class Ä { void M() { } }\r\n// ü\r\n";

    public static TheoryData<byte[]> Encoded => new(
        Encoding.UTF8.GetBytes(Text),
        [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text)],
        [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Text)],
        [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Text)]);

    [Theory]
    [MemberData(nameof(Encoded))]
    public void A_byte_order_mark_is_believed(byte[] bytes)
    {
        using var tree = new TempTree();
        tree.With("a.cs", bytes);
        var measure = Measure(tree, "a.cs").Measure!;
        Assert.Equal(bytes.Length, measure.Bytes);
        Assert.Equal("Ä.M", measure.LongestFunction?.Name);
        Measured.AssertLines(measure, code: 1, comment: 1, blank: 0);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("a\n", 1)]
    [InlineData("a\r\nb", 2)]
    [InlineData("a\rb\r", 2)]
    [InlineData("\n\n", 2)]
    public void A_last_line_needs_no_end(string text, int lines)
    {
        Assert.Equal(lines, Measured.File("a.cs", text).Lines);
        Assert.Equal(lines, Measured.File("a.go", text).Lines);
    }

    [Theory]
    [InlineData("gone.cs", "cannot be read: FileNotFoundException")]
    [InlineData("../a.cs", "outside of the surveyed directory")]
    [InlineData("/etc/a.cs", "outside of the surveyed directory")]
    [InlineData("notes.md", "not a source file of a known language")]
    [InlineData("binary.cs", "binary")]
    public void What_cannot_be_measured_is_a_failure_with_a_reason(string path, string reason)
    {
        using var tree = new TempTree();
        tree.With("binary.cs", [0]);
        Assert.Equal(new MeasureResult(null, reason), Measure(tree, path));
    }

    [Fact]
    public void Progress_goes_up_to_one()
    {
        using var tree = new TempTree();
        tree.With("a.cs", Text).With("a.go");
        foreach (var file in new[] { "a.cs", "a.go" })
        {
            var progress = new Collected();
            Measurer.Measure(tree.Root, file, progress, TestContext.Current.CancellationToken);
            Assert.Equal([0.2, 0.6, 1], progress.Values);
        }
    }

    [Fact]
    public void A_cancelled_measurement_stops()
    {
        using var tree = new TempTree();
        tree.With("a.cs", Text);
        Assert.Throws<OperationCanceledException>(() => Measurer.Measure(tree.Root, "a.cs", null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_measure_travels_as_snake_case_json()
    {
        var measure = Measured.File("a.cs", "class C\n{\n    void M() { if (a) { } }\n}\n");
        var json = JsonSerializer.Serialize(measure, SurveyJson.Default.FileMeasure);
        Assert.Equal(
            """{"path":"a.cs","language":"C#","method":"lexical","bytes":40,"lines":4,"code_lines":4,"comment_lines":0,"blank_lines":0,"functions":1,"longest_function":{"name":"C.M","line":3,"lines":1},"most_complex_function":{"name":"C.M","line":3,"complexity":2},"max_nesting":1,"cyclomatic":2,"note":null}""",
            json);
        Assert.Equal(measure, JsonSerializer.Deserialize(json, SurveyJson.Default.FileMeasure));
    }

    private static MeasureResult Measure(TempTree tree, string path) => Measurer.Measure(tree.Root, path, null, TestContext.Current.CancellationToken);

    private sealed class Collected : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
