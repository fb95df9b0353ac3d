using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Waggle.Commands;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>Command lines as README and docs print them.</summary>
public sealed class DocumentedCommandTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Pages =>
        ["README.md", "src/Waggle/README.md", "samples/README.md", .. Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md").Select(p => Path.GetRelativePath(Checkout.Root, p))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_is_one_that_waggle_takes(string page)
    {
        Assert.All(Lines(page), line =>
        {
            var parse = CommandTable.Create().Parse([.. Words(line).Skip(1)], new ParserConfiguration { ResponseFileTokenReplacer = null });
            Assert.True(parse.Errors.Count == 0 || parse.Action is System.CommandLine.Help.HelpAction, $"{page}: {line}: {string.Join(' ', parse.Errors.Select(e => e.Message))}");
        });
    }

    [Fact]
    public void The_README_has_some() => Assert.True(Lines("README.md").Count() > 10);

    [Fact]
    public async Task The_counter_of_the_README_counts_the_words_of_the_prompt()
    {
        var exec = Words(Lines("README.md").Single(l => l.Contains("--name counter", StringComparison.Ordinal)));
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await hub.StartAsync([.. exec.Skip(1), "--swarm", swarm]);
        await worker.Output.WaitAsync("connected");
        var done = await hub.RunAsync("task", "create", "Count", "--prompt", "the way of the bees", "--swarm", swarm, "--requires", "counting", "--wait");
        Assert.Equal((0, "5"), (done.ExitCode, done.Output.Trim().Trim('"')));
        worker.Kill();
    }

    [Fact]
    public async Task The_functions_of_the_README_for_curl_work_against_a_hub_with_tokens()
    {
        var token = (await CliProcess.RunAsync(null, "token", "create", "--subject", "me", "--role", "admin", "--data", _folder.File("data"))).Output.Trim();
        await using var own = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data"), "--auth", "token"]);
        var url = new Uri((await own.Output.WaitAsync("ready "))["ready ".Length..]);
        var lines = File.ReadAllLines(Path.Combine(Checkout.Root, "README.md")).Select(l => l.Trim()).Where(l => l.StartsWith("hub", StringComparison.Ordinal) && !l.Contains("events?", StringComparison.Ordinal)).ToArray();
        Assert.Equal(5, lines.Length);
        string Here(IEnumerable<string> some) => string.Join('\n', some).Replace("localhost:3000", $"localhost:{url.Port}", StringComparison.Ordinal);

        // The last line contains an id from the previous answer.
        var said = await BashAsync(Here(lines[..^1]), token);
        Assert.Contains("\"id\":\"poets\"", said, StringComparison.Ordinal);
        var task = Regex.Match(said, "\"task\":\"([^\"]+)\"").Groups[1].Value;
        var last = lines[^1].Replace("t3", task, StringComparison.Ordinal).Replace("\"token\":6", Regex.Match(said, "\"token\":[0-9]+").Value, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"completed\"", await BashAsync(Here([lines[0], last]), token), StringComparison.Ordinal);
    }

    private static async Task<string> BashAsync(string script, string token)
    {
        var start = new ProcessStartInfo("bash", ["-euc", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["WAGGLE_TOKEN"] = token;
        using var bash = Process.Start(start)!;
        var (said, error) = (await bash.StandardOutput.ReadToEndAsync(), await bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, error);
        return said;
    }

    private static IEnumerable<string> Lines(string page)
    {
        var fenced = false;
        foreach (var text in File.ReadLines(Path.Combine(Checkout.Root, page)))
        {
            if (text.StartsWith("```", StringComparison.Ordinal)) fenced = !fenced;
            if (!fenced && !text.StartsWith("    ", StringComparison.Ordinal)) continue;
            // A substitution of the shell is one word here.
            var line = Regex.Replace(text.Trim(), @"\$\([^)]*\)", "X");
            if (line.StartsWith("$ ", StringComparison.Ordinal)) line = line[2..];
            if (line.StartsWith("waggle ", StringComparison.Ordinal) && !line.Contains('…', StringComparison.Ordinal) && !line.Contains('[', StringComparison.Ordinal)) yield return line;
        }
    }

    // Splits words as a shell does, up to the first part that belongs to the shell: a comment, a pipe, a redirection, the background.
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char? quote = null;
        foreach (var c in line)
        {
            if (quote is { } open)
            {
                if (c == open) quote = null;
                else word!.Append(c);
            }
            else if (c is '\'' or '"') (quote, word) = (c, word ?? new());
            else if (c is '#' or '|' or '<' or '>' or '&' && word is null) break;
            else if (c is not ' ') (word ??= new()).Append(c);
            else if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }

        if (word is not null) words.Add(word.ToString());
        return words;
    }
}
