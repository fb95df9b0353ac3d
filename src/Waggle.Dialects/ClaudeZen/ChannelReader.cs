using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Delivery;
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

        var confirmation = id.IsNull ? null : new Confirmation(id, known);
        if (!_subscriptions.Add(known, request, intents, confirmation))
        {
            trouble = new(
                ErrorCodes.TooLarge, $"A client subscribes to at most {ChannelSubscriptions.Most} channels and patterns. A pattern stands for many channels.");
        }

        if (trouble is not null)
        {
            confirmation?.TrySettle();
            intents.Add(context.Error(trouble, id, RawJson.From(message.Json).Utf8));
        }
        else if (confirmation is { IsAwaited: false }) Confirm(id, known, intents);
    }

    /// <summary>Writes the state of a channel whose subscription has begun, and the answer to its message when the last one has; or the refusal.</summary>
    public void Answer(ChannelTag tag, in Outcome outcome, IMessageWriter output)
    {
        _subscriptions.Answered(tag, outcome.Error is null);
        if (outcome.Error is { } error)
        {
            // A message has one answer.
            var id = tag.Confirmation is { } refused && refused.TrySettle() ? refused.Id : default;
            ClaudeZenFrames.Error(output, context.Now, Trouble.Of(error), id);
            return;
        }

        if (tag.Channel is { IsState: true } channel)
        {
            foreach (var record in ((SubscribeResult)outcome.Value!).Latest) channel.Form.Render(record, output);
        }

        if (tag.Confirmation is { } confirmation && confirmation.IsLast() && confirmation.TrySettle()) Write(output, confirmation.Id, confirmation.Names);
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
        intents.Add(ClientContext.Reply(output => Write(output, id, names)));
    }

    private void Write(IMessageWriter output, RawJson id, IEnumerable<string> names) =>
        ClaudeZenFrames.Write(output, "response", context.Now, names, static (writer, names) =>
        {
            writer.WriteBoolean("success"u8, true);
            writer.WriteStartArray("channels"u8);
            foreach (var name in names) writer.WriteStringValue(name);
            writer.WriteEndArray();
        }, id: id);
}
