using System.CommandLine;
using System.Text.Json;
using Waggle.Mcp;
using Waggle.Protocol;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle mcp</c></summary>
internal static class McpCommand
{
    public static Command Create()
    {
        var task = new Option<string?>("--task")
        {
            Description = "Limit the tools to the sub-tasks of this task, which must be open: new tasks have it as parent, at most 3 levels and 100 tasks.",
            HelpName = "id",
        };
        task.Validators.Add(given =>
        {
            if (given.Tokens is [var token, ..] && !Ids.IsValid(token.Value)) given.AddError(Ids.Rule("--task", token.Value));
        });
        var config = new Option<bool>("--config") { Description = "Print the configuration of an MCP client that starts this command, as JSON, and end." };
        return HubCommand.Create(
            "mcp",
            "Serve the hub's tools to an MCP client on standard input and output.",
            async call =>
            {
                if (call.Get(config))
                {
                    Printer.Json(writer => WriteConfig(writer, call.Url, call.Get(task)));
                    return ExitCodes.Ok;
                }

                await using var relay = new McpRelay(EndpointOf(call.Url, call.Get(task)), call.Url, call.Token);
                await relay.RunAsync(HubCall.ClientName.Split('/')[^1], call.Interrupt.Asked);
                return ExitCodes.Ok;
            },
            task, config);
    }

    private static Uri EndpointOf(Uri hub, string? task)
    {
        var root = new UriBuilder(hub) { Scheme = hub.Scheme is "https" or "wss" ? "https" : "http", Query = "", Fragment = "" };
        root.Path = $"{root.Path.TrimEnd('/')}/mcp{(task is null ? "" : $"/tasks/{Uri.EscapeDataString(task)}")}";
        return root.Uri;
    }

    // Without the token: it comes from the environment or the user's configuration, and not into a file that is shared.
    private static void WriteConfig(Utf8JsonWriter writer, Uri url, string? task)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("mcpServers"u8);
        writer.WriteStartObject("waggle"u8);
        writer.WriteString("command"u8, "waggle"u8);
        writer.WriteStartArray("args"u8);
        foreach (var argument in (string[])["mcp", "--url", url.ToString(), .. task is null ? Array.Empty<string>() : ["--task", task]])
            writer.WriteStringValue(argument);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
