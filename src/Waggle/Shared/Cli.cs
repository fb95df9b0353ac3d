using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Waggle.Shared;

/// <summary>Runs the program from its arguments to an exit code. Every error is one line on standard error.</summary>
internal static partial class Cli
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        StandardOutput.SurviveTerminal();
        // Without response files, because '@file' has another meaning (task create --input @file).
        var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction) return Fail(Problem(parse), ExitCodes.Usage);
        try
        {
            return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (CliException e)
        {
            return Fail(e.Message, e.ExitCode);
        }
    }

    public static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"waggle: {Printer.OneLine(message)}");
        return code;
    }

    private static string Problem(ParseResult parse)
    {
        // An unknown word also causes the error of a missing command; the error of the word is the useful one.
        var error = parse.Errors.FirstOrDefault(e => !e.Message.StartsWith("Required", StringComparison.Ordinal)) ?? parse.Errors[0];
        var text = Plain(error).Trim().Replace("  ", " ", StringComparison.Ordinal);
        return $"{text}{(text.EndsWith('.') ? "" : ".")}{Advice(parse)} See '{Path(parse.CommandResult)} --help'.";
    }

    private static string Advice(ParseResult parse)
    {
        if (parse.UnmatchedTokens is not [var unknown, ..]) return "";
        var command = parse.CommandResult.Command;
        var known = unknown.StartsWith('-')
            ? command.Options.Concat(parse.RootCommandResult.Command.Options.Where(o => o.Recursive)).Where(o => !o.Hidden).Select(o => o.Name)
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var word = DidYouMean.To(unknown, known);
        if (word is null) return "";

        // The option exists, but stands before the command that has it.
        return word == unknown ? $" Put it after the command: '{Path(parse.CommandResult)} {word} …'." : $" Did you mean '{word}'?";
    }

    // The parser names types of .NET, optional values as System.Nullable`1[System.Int32].
    private static string Plain(ParseError error) => NullableType().Replace(error.Message, "${type}")
        .Replace("System.Int32", "a whole number", StringComparison.Ordinal)
        .Replace("System.Int64", "a whole number", StringComparison.Ordinal)
        .Replace("System.Double", "a number", StringComparison.Ordinal)
        .Replace("System.Boolean", "true or false", StringComparison.Ordinal)
        .Replace("System.String", "text", StringComparison.Ordinal);

    [GeneratedRegex(@"System\.Nullable`1\[(?<type>[\w.]+)\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NullableType();

    private static string Path(CommandResult command)
    {
        var names = new List<string>();
        for (SymbolResult? at = command; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: not RootCommand } c) names.Insert(0, c.Command.Name);
        }

        return string.Join(' ', names.Prepend("waggle"));
    }
}
