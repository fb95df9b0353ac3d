using Waggle.Core;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// Reads <c>subscribe</c> and <c>unsubscribe</c>. The document defines no answer to them, so the hub answers only a message with an id, and failures.
/// </summary>
internal sealed class ChannelReader(ClientContext context)
{
    private readonly ChannelSubscriptions _subscriptions = new();

    /// <inheritdoc cref="ChannelSubscriptions.Has"/>
    public bool Hears(string channel) => _subscriptions.Has(channel);

    public void Subscribe(PayloadReader message, RawJson id, Principal by, List<Intent> intents)
    {
        RequestReader.RequireAuthentication(by);
        var request = ChannelRequest.Read(message);
        var known = new List<string>();
        Trouble? trouble = null;
        foreach (var name in request.Names)
        {
            if (!ChannelRequest.Exists(name))
            {
                trouble ??= new(Trouble.InvalidChannel, $"Channel does not exist: '{PayloadReader.Clip(name)}'. The channels are {Channels.Names}.");
            }
            else if (ChannelAccess.Problem(by, name) is { } problem) trouble ??= new(ErrorCodes.Forbidden, $"{PayloadReader.Clip(name)}: {problem}");
            else known.Add(name);
        }

        if (!_subscriptions.Add(known, request, intents))
        {
            trouble = new(
                ErrorCodes.TooLarge, $"A client subscribes to at most {ChannelSubscriptions.Most} channels and patterns. A pattern stands for many channels.");
        }

        if (trouble is null) Confirm(id, known, intents);
        else intents.Add(context.Error(trouble, id, RawJson.From(message.Json).Utf8));
    }

    public void Unsubscribe(PayloadReader message, RawJson id, List<Intent> intents)
    {
        var request = ChannelRequest.Read(message);
        _subscriptions.Remove(request, intents);
        Confirm(id, request.Names, intents);
    }

    private void Confirm(RawJson id, IEnumerable<string> names, List<Intent> intents)
    {
        if (id.IsNull) return;
        intents.Add(ClientContext.Reply(output => ClaudeZenFrames.Write(output, "response", context.Now, names, static (writer, names) =>
        {
            writer.WriteBoolean("success"u8, true);
            writer.WriteStartArray("channels"u8);
            foreach (var name in names) writer.WriteStringValue(name);
            writer.WriteEndArray();
        }, id: id)));
    }
}
