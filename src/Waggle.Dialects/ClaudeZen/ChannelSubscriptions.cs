using System.Text;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The channels and globs that one client has subscribed to, and the subscriptions of the hub that follow from them: one for each channel with a fixed name,
/// one for all agents' channels with the same filter, and one for each topic of the application. So no message comes twice, however many globs match.
/// </summary>
internal sealed class ChannelSubscriptions
{
    /// <summary>The greatest number of names and globs of a client.</summary>
    public const int Most = 90;

    private readonly Dictionary<string, JsonElement> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _active = new(StringComparer.Ordinal);
    private Batching? _batch;

    /// <summary>Whether the client is subscribed to a channel with a fixed name.</summary>
    public bool Has(string channel) => _active.ContainsKey(channel);

    /// <summary>Adds the names of a request, each in place of an earlier one with its filters.</summary>
    /// <returns>False: the client would have too many.</returns>
    public bool Add(IEnumerable<string> names, ChannelRequest request, List<Intent> intents)
    {
        var more = names.ToArray();
        if (_asked.Count + more.Count(n => !_asked.ContainsKey(n)) > Most) return false;
        foreach (var name in more) _asked[name] = request.Filters;
        _batch = request.Batch ?? _batch;
        Apply(intents);
        return true;
    }

    /// <summary>Removes the names of a request.</summary>
    public void Remove(ChannelRequest request, List<Intent> intents)
    {
        foreach (var name in request.Names) _asked.Remove(name);
        Apply(intents);
    }

    private void Apply(List<Intent> intents)
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
            intents.Add(new SubscribeIntent(new ChannelTag(name, want.Channel), want.Topics, null)
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
internal sealed record ChannelTag(string Name, Channel? Channel);
