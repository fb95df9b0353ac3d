using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Waggle.Shared;

/// <summary>The options of every command that connects to a hub.</summary>
internal sealed class HubOptions
{
    private static readonly ConditionalWeakTable<Command, HubOptions> All = [];

    public HubAddress Address { get; } = new();

    public Option<bool> Json { get; } = CreateJson();

    public static Option<bool> CreateJson() =>
        new("--json") { Description = "Print JSON: one document, or one object per line for commands that follow changes." };

    /// <summary>Returns the options of the parsed command; null if it connects to no hub.</summary>
    public static HubOptions? Of(ParseResult parse) => All.TryGetValue(parse.CommandResult.Command, out var options) ? options : null;

    public void AddTo(Command command)
    {
        command.Add(Address.Url);
        command.Add(Address.Token);
        command.Add(Json);
        All.Add(command, this);
    }
}
