using System.Text;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The channels and globs that one client has subscribed to, and the subscriptions of the hub that follow from them: one for each channel with a fixed name,
/// one for all agents' channels with the same filter, and one for each topic of the application. So no message comes twice, however many globs match.
/// One thread at a time, except <see cref="Forget"/>.
/// </summary>
internal sealed class ChannelSubscriptions
{
    /// <summary>The greatest number of names and globs of a client.</summary>
    public const int Most = 90;

    private readonly Dictionary<string, JsonElement> _asked = new(StringComparer.Ordinal);

    // What the hub was sent for each name. Its refusals come while the client is read, hence the lock.
    private readonly Dictionary<string, string> _active = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private Batching? _batch;

    /// <summary>Whether the client is subscribed to a channel with a fixed name.</summary>
    public bool Has(string channel)
    {
        lock (_lock) return _active.TryGetValue(channel, out var text) && text.Length > 0;
    }

    /// <summary>Adds the names of a request, each in place of an earlier one with its filters.</summary>
    /// <returns>False: the client would have too many.</returns>
    public bool Add(IEnumerable<string> names, ChannelRequest request, List<Intent> intents, Confirmation? confirmation = null)
    {
        var more = names.ToArray();
        if (_asked.Count + more.Count(n => !_asked.ContainsKey(n)) > Most) return false;
        foreach (var name in more) _asked[name] = request.Filters;
        _batch = request.Batch ?? _batch;
        lock (_lock) Apply(intents, confirmation);
        return true;
    }

    /// <summary>Removes the names of a request.</summary>
    public void Remove(ChannelRequest request, List<Intent> intents)
    {
        foreach (var name in request.Names) _asked.Remove(name);
        lock (_lock) Apply(intents, null);
    }

    /// <summary>Forgets a subscription that the hub has refused, so that the next request sends it again.</summary>
    public void Forget(ChannelTag tag)
    {
        // The name stays: the hub may still have the subscription that this one should have replaced. No subscription has this text.
        lock (_lock)
        {
            if (_active.TryGetValue(tag.Name, out var text) && text == tag.Text) _active[tag.Name] = "";
        }
    }

    private void Apply(List<Intent> intents, Confirmation? confirmation)
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
        foreach (var name in _active.Keys.Where(n => !wanted.ContainsKey(n)).ToArray())
        {
            _active.Remove(name);
            intents.Add(new UnsubscribeIntent(null, name));
        }

        foreach (var (name, want) in wanted)
        {
            var text = $"{_batch}\n{want.Filter}\n{want.Names}";
            if (_active.TryGetValue(name, out var known) && known == text) continue;
            _active[name] = text;

            // The subscriptions of earlier requests, too, are sent again after a refusal or with another batch.
            var answers = confirmation?.Names.Any(n => Concerns(n, name, want.Channel)) == true ? confirmation : null;
            answers?.Await();
            intents.Add(new SubscribeIntent(new ChannelTag(name, want.Channel) { Text = text, Confirmation = answers }, want.Topics, null)
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
}
