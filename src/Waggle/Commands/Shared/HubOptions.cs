using System.CommandLine;
using System.CommandLine.Parsing;

namespace Waggle.Commands.Shared;

/// <summary>The options that every command that talks to a hub has.</summary>
internal sealed class HubOptions
{
    public const string DefaultUrl = "http://127.0.0.1:3000";

    public Option<Uri> Url { get; } = new("--url")
    {
        Description = "The hub's address; the variable WAGGLE_URL sets the default.",
        HelpName = "url",
        DefaultValueFactory = result => Parse(result, Environment.GetEnvironmentVariable("WAGGLE_URL") is { Length: > 0 } url ? url : DefaultUrl),
        CustomParser = result => Parse(result, result.Tokens[0].Value),
    };

    public Option<bool> Json { get; } = CreateJson();

    public static Option<bool> CreateJson() => new("--json") { Description = "Print JSON: one document, or one object a line where there are many over time." };

    public void AddTo(Command command)
    {
        command.Add(Url);
        command.Add(Json);
    }

    private static Uri Parse(ArgumentResult result, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ws" or "wss") return url;
        result.AddError($"The hub's address '{text}' is not a URL such as {DefaultUrl}.");
        return new Uri(DefaultUrl);
    }
}
