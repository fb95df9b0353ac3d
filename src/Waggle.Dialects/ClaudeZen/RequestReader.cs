using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>Reads requests, from the document's client, from dashboards, and from the console of the repository (JSON-RPC 2.0).</summary>
internal sealed class RequestReader(ClientContext context, ChannelReader channels)
{
    private bool _isConsole;

    /// <summary>The parts of the hub that clients may use.</summary>
    public static IReadOnlyList<string> Capabilities { get; } = ["swarm", "memory", "coordination"];

    public void Read(PayloadReader message, RawJson id, Principal by, List<Intent> intents)
    {
        if (id.IsNull) throw PayloadReader.Invalid("id is missing: a request has an id, and its response the same.");

        // The dashboards write the action beside the data, the document's client into it.
        var body = message.Find("data") is var (data, _) && data.ValueKind == JsonValueKind.Object ? new PayloadReader(data, "") : message;
        Perform(new Call(id, message.Text("action") ?? body.Text("action") ?? ""), body, by, intents);
    }

    public void ReadConsole(PayloadReader message, RawJson id, Principal by, List<Intent> intents)
    {
        if (!_isConsole) intents.Add(ClientContext.Reply(output => ConsoleFrames.Established(output, context.Version, context.Now)));
        _isConsole = true;
        switch (message.RequiredText("method"))
        {
            case "initialize":
                intents.Add(ClientContext.Reply(output => ConsoleFrames.Initialized(output, id, context.Version)));
                break;
            case "ping":
                intents.Add(ClientContext.Reply(output => ConsoleFrames.Pong(output, id)));
                break;
            case "tools/list":
                intents.Add(ClientContext.Reply(output => ConsoleFrames.Tools(output, id)));
                break;
            case "tools/call":
                if (message.Find("params") is not var (given, name)) throw PayloadReader.Invalid("params is missing: an object.");
                var call = new PayloadReader(given, name);
                var arguments = call.Find("arguments") is var (value, _) && value.ValueKind == JsonValueKind.Object ? value : JsonElement.Parse("{}");
                Perform(new Call(id, call.RequiredText("name")) { IsRpc = true }, new PayloadReader(arguments, ""), by, intents);
                break;
            case var other when !id.IsNull:
                var trouble = new Trouble(
                    ErrorCodes.UnknownType, $"Unknown method '{PayloadReader.Clip(other)}'. The methods are initialize, ping, tools/list and tools/call.");
                intents.Add(ClientContext.Reply(output => ConsoleFrames.Failed(output, new Call(id, other) { IsRpc = true }, trouble)));
                break;
        }
    }

    /// <exception cref="DialectException">The client has sent no valid token.</exception>
    public static void RequireAuthentication(Principal by)
    {
        if (by.Permissions.Count == 0)
            throw new DialectException(new Error(ErrorCodes.Unauthenticated, "This hub needs a token: send {\"type\":\"auth\",\"token\":\"…\"} first."));
    }

    public static void WriteCapabilities(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("capabilities"u8);
        foreach (var capability in Capabilities) writer.WriteStringValue(capability);
        writer.WriteEndArray();
    }

    private void Perform(Call call, PayloadReader body, Principal by, List<Intent> intents)
    {
        try
        {
            RequireAuthentication(by);
            if (call.Action == Actions.Capabilities)
            {
                intents.Add(ClientContext.Reply(output => Replies.Send(output, context.Now, call, 0, static (writer, _) => WriteCapabilities(writer))));
                return;
            }

            if (Actions.Find(call.Action) is not { } action)
            {
                throw new DialectException(new Error(
                    ErrorCodes.UnknownType, $"Unknown action '{PayloadReader.Clip(call.Action)}'. The actions are {Actions.Names}."));
            }

            intents.Add(action.Read(call with { HearsMemory = channels.Hears(Channels.Memory) }, body, by));
        }
        catch (DialectException e)
        {
            var trouble = Trouble.Of(e.Error);
            intents.Add(ClientContext.Reply(output => Replies.Refuse(output, context.Now, call, trouble)));
        }
    }
}
