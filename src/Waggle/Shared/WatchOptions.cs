using System.CommandLine;
using Waggle.Protocol;

namespace Waggle.Shared;

/// <summary>The options that all commands that follow the hub share.</summary>
internal static class WatchOptions
{
    public static Option<Position?> Since(string description) => new("--since")
    {
        Description = description,
        HelpName = "epoch:offset",
        CustomParser = result =>
        {
            if (Position.TryParse(result.Tokens[0].Value, out var position)) return position;
            result.AddError($"--since '{result.Tokens[0].Value}' is not a position EPOCH:OFFSET such as 3:1842.");
            return null;
        },
    };

    public static Option<bool> Plain() => new("--plain") { Description = "Print lines instead of a table, also on a terminal." };
}
