using System.Text;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The channels and globs that one client has subscribed to, and the subscriptions of the hub that follow from them: one for each channel with a fixed name,
/// one for all agents' channels with the same filter, and one for each topic of the application. So no message comes twice, however many globs match.
/// Thread-safe: answers come while the client is read.
/// </summary>
internal sealed class ChannelSubscriptions
{
    /// <summary>The greatest number of names and globs of a client.</summary>
    public const int Most = 90;

    // The hub answers while the client is read.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonElement> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Sent> _sent = new(StringComparer.Ordinal);
    private Batching? _batch;

    /// <summary>Whether the client is subscribed to a channel with a fixed name, as far as the hub has not refused it.</summary>
    public bool Has(string channel)
    {
        lock (_lock) return _sent.TryGetValue(channel, out var sent) && (sent.InForce is not null || !sent.Refused);
    }

    /// <summary>Adds the names of a request, each in place of an earlier one with its filters.</summary>
    /// <returns>False: the client would have too many.</returns>
    public bool Add(IEnumerable<string> names, ChannelRequest request, List<Intent> intents, Confirmation? confirmation = null)
    {
        var named = names.ToArray();
        lock (_lock)
        {
            string[] added = [.. named.Where(n => !_asked.ContainsKey(n))];
            if (_asked.Count + added.Length > Most) return false;
            foreach (var name in named) _asked[name] = request.Filters;
            _batch = request.Batch ?? _batch;
            Apply(intents, named, added, confirmation);
            return true;
        }
    }

    /// <summary>Removes the names of a request.</summary>
    public void Remove(ChannelRequest request, List<Intent> intents)
    {
        lock (_lock)
        {
            foreach (var name in request.Names) _asked.Remove(name);
            Apply(intents, [], [], null);
        }
    }

    /// <summary>
    /// Takes the hub's answer to a subscription. A name whose subscriptions are all refused is as if the client had not asked for it; a subscription that was
    /// in force before stays. The hub is sent a refused one again when the client asks for it again.
    /// </summary>
    public void Answered(ChannelTag tag, bool isAccepted)
    {
        lock (_lock)
        {
            if (!_sent.TryGetValue(tag.Name, out var sent)) return;
            if (isAccepted) sent.InForce = tag.Text;
            if (isAccepted || sent.Text != tag.Text) return;
            sent.Refused = true;
            foreach (var name in tag.Added)
            {
                if (_sent.All(s => s.Value.Refused || !Concerns(name, s.Key, s.Value.Channel))) _asked.Remove(name);
            }
        }
    }

    private void Apply(List<Intent> intents, string[] named, string[] added, Confirmation? confirmation)
    {
        var wanted = new Dictionary<string, Wanted>(StringComparer.Ordinal);
        foreach (var channel in Channels.Fixed)
        {
            var asked = _asked.Where(a => ChannelRequest.Matching(a.Key).Contains(channel)).Select(a => FilterOf(channel, a.Value)).ToArray();
            if (asked.Length > 0) wanted[channel.Name] = new(channel.Topics, channel.Form, Either(asked), channel);
        }

        foreach (var group in _asked.Where(a => Channels.IsOfAgents(a.Key)).GroupBy(a => FilterOf(Channels.Agents, a.Value)))
        {
            var names = group.Select(a => a.Key).Order(StringComparer.Ordinal).ToArray();
            wanted[$"{Channels.Agents.Name} {group.Key}"] =
                new(Channels.Agents.Topics, AgentChannelForm.Of(names), group.Key, Channels.Agents, string.Join('\n', names));
        }

        foreach (var name in _asked.Keys.Where(Channels.IsOfApplication)) wanted[name] = new([name], ClaudeZenRenderer.Instance, null, null) { Globs = true };
        foreach (var name in _sent.Keys.Where(n => !wanted.ContainsKey(n)).ToArray())
        {
            _sent.Remove(name);
            intents.Add(new UnsubscribeIntent(null, name));
        }

        foreach (var (name, want) in wanted)
        {
            var text = $"{_batch}\n{want.Filter}\n{want.Names}";
            var isNamed = named.Any(n => Concerns(n, name, want.Channel));
            if (_sent.TryGetValue(name, out var known) && !Differs(known, text, isNamed)) continue;
            _sent[name] = new Sent(text, want.Channel) { InForce = known?.InForce };

            // The subscriptions of earlier requests, too, are sent again with another batch.
            var answers = isNamed ? confirmation : null;
            answers?.Await();
            var tag = new ChannelTag(name, want.Channel)
            {
                Text = text,
                Confirmation = answers,
                Added = [.. added.Where(n => Concerns(n, name, want.Channel))],
            };
            intents.Add(new SubscribeIntent(tag, want.Topics, null)
            {
                AsPermitted = true,
                Name = name,
                Form = want.Form,
                Globs = want.Globs,
                Filter = want.Filter is { } filter ? RawJson.FromTrusted(Encoding.UTF8.GetBytes(filter)) : default,
                Batch = _batch,
                TakesBatches = _batch is not null,
            });
        }
    }

    // After a refusal the hub still has the subscription before it, if there was one, and that may be what the client wants again.
    private static bool Differs(Sent known, string text, bool isNamed) =>
        !known.Refused ? known.Text != text : isNamed || (known.InForce is { } inForce && text != inForce && text != known.Text);

    private static bool Concerns(string asked, string name, Channel? channel) =>
        channel is null ? asked == name : channel == Channels.Agents ? Channels.IsOfAgents(asked) : ChannelRequest.Matching(asked).Contains(channel);

    private static string? FilterOf(Channel channel, JsonElement filters) =>
        filters.ValueKind == JsonValueKind.Object ? ChannelFilters.Of(channel, filters) : null;

    private static string? Either(string?[] filters)
    {
        if (filters.Any(f => f is null)) return null;
        var distinct = filters.Distinct(StringComparer.Ordinal).ToArray();
        return distinct.Length == 1 ? distinct[0] : $$"""{"or":[{{string.Join(',', distinct)}}]}""";
    }

    /// <summary>A subscription that the hub was sent.</summary>
    private sealed class Sent(string text, Channel? channel)
    {
        public string Text => text;

        public Channel? Channel => channel;

        /// <summary>The text of the subscription of this name that the hub accepted last; null if it accepted none.</summary>
        public string? InForce { get; set; }

        /// <summary>Whether the hub has refused it.</summary>
        public bool Refused { get; set; }
    }

    private sealed record Wanted(IReadOnlyList<string> Topics, IRenderer Form, string? Filter, Channel? Channel, string Names = "")
    {
        public bool Globs { get; init; }
    }
}

/// <summary>The tag of a subscription of the hub.</summary>
/// <param name="Channel">The channel; null for a topic of the application.</param>
internal sealed record ChannelTag(string Name, Channel? Channel)
{
    /// <summary>All that sets it apart from another subscription of the same name.</summary>
    public string Text { get; init; } = "";

    /// <summary>The answer to the message that asked for it; null for a message without one.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>The names that the client had not asked for before.</summary>
    public IReadOnlyList<string> Added { get; init; } = [];
}
