namespace Waggle.Tests.Cli;

/// <summary>An invalid tree is an error before the demo starts anything.</summary>
public sealed class DemoUsageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public DemoUsageTests()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        Directory.CreateDirectory(_folder.File("binary"));
        File.WriteAllBytes(_folder.File("binary/a.c"), [0, 1, 2]);
        File.WriteAllText(_folder.File("file.cs"), "class A { }\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("does not exist", "nowhere")]
    [InlineData("is not a directory", "file.cs")]
    [InlineData("has no source files", "empty")]
    [InlineData("has no source files that can be measured (a.c: binary)", "binary")]
    [InlineData("--workers '1' is not a whole number from 2 to 64", ".", "--workers", "1")]
    [InlineData("the report cannot go into", ".", "--out", "file.cs")]
    public async Task A_tree_that_cannot_be_surveyed_is_one_line_and_exit_code_2(string why, string directory, params string[] options)
    {
        var arguments = options.Select(option => option == "file.cs" ? _folder.File(option) : option);
        var ended = await CliProcess.RunAsync(null, ["demo", _folder.File(directory), "--exit", .. arguments]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("", ended.Output);
        Assert.DoesNotContain('\n', ended.Error);
        Assert.StartsWith("waggle: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
    }
}
