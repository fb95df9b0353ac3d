using System.CommandLine;
using System.Text.RegularExpressions;
using Waggle.Commands;

namespace Waggle.Tests.Cli;

/// <summary>The statements of help are true for every command.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Commands => [.. Paths(CommandTable.Create(), "").Where(p => p.Length > 0)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Each_default_that_help_shows_is_one_that_the_option_takes(string command)
    {
        foreach (var (option, standard) in DefaultsOf(command))
        {
            var parse = CommandTable.Create().Parse([.. command.Split(' '), option, standard]);
            Assert.DoesNotContain(parse.Errors, e => e.Message.Contains(option, StringComparison.Ordinal) || e.Message.Contains($"'{standard}'", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Each_command_can_print_JSON(string command)
    {
        // Scripts for a shell are no data. The hidden commands are the processes of bench and demo.
        var at = Find(command);
        if (at.Action is null || at.Hidden || command.StartsWith("completion", StringComparison.Ordinal)) return;
        Assert.Contains(at.Options, o => o.Name == "--json");
    }

    [Fact]
    public void Defaults_are_shown_as_they_are_typed()
    {
        var defaults = DefaultsOf("serve").ToDictionary();
        Assert.Equal("30d", defaults["--task-retention"]);
        Assert.Equal("localhost", defaults["--host"]);
        Assert.DoesNotContain("--jwks", defaults.Keys);
    }

    private static IEnumerable<KeyValuePair<string, string>> DefaultsOf(string command)
    {
        var help = new StringWriter();
        CommandTable.Create().Parse([.. command.Split(' '), "--help"]).Invoke(new InvocationConfiguration { Output = help });
        foreach (Match found in DefaultLine().Matches(help.ToString())) yield return new(found.Groups[1].Value, found.Groups[2].Value);
    }

    private static Command Find(string command)
    {
        Command at = CommandTable.Create();
        foreach (var name in command.Split(' ')) at = at.Subcommands.Single(c => c.Name == name);
        return at;
    }

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.SelectMany(c => Paths(c, $"{path} {c.Name}".Trim())).Prepend(path);

    [GeneratedRegex(@"^\s+(--[a-z-]+).*\[default: ([^\]]*)\]", RegexOptions.Multiline)]
    private static partial Regex DefaultLine();
}
