using System.Collections.Concurrent;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The form of the channels of agents, <c>agent-ID-status</c>, whose names match a set of names and globs. Connections with the same set share one instance,
/// and so the bodies.
/// </summary>
internal sealed class AgentChannelForm : IRenderer
{
    private const int MostShared = 1000;

    private static readonly ConcurrentDictionary<string, WeakReference<AgentChannelForm>> Shared = new(StringComparer.Ordinal);

    private readonly string _key;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<TopicPattern> _globs = [];

    private AgentChannelForm(string key)
    {
        _key = $"{key}\n";
        foreach (var name in key.Split('\n'))
        {
            if (TopicPattern.TryParseGlob(name, out var glob) && glob.IsGlob) _globs.Add(glob);
            else _names.Add(name);
        }
    }

    /// <param name="names">Names and globs of agents' channels.</param>
    public static AgentChannelForm Of(IEnumerable<string> names)
    {
        var key = string.Join('\n', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        if (Shared.TryGetValue(key, out var known) && known.TryGetTarget(out var form)) return form;
        if (Shared.Count >= MostShared)
        {
            foreach (var (old, reference) in Shared)
            {
                if (!reference.TryGetTarget(out _)) Shared.TryRemove(old, out _);
            }
        }

        form = new AgentChannelForm(key);
        if (Shared.Count < MostShared) Shared[key] = new(form);
        return form;
    }

    public string KeyOf(Record record) => _key + record.Topic;

    public void Render(Record record, IMessageWriter output)
    {
        if (AgentOf(record) is not { } agent) return;
        var name = $"{Channels.AgentPrefix}{agent}{Channels.AgentSuffix}";
        if (_names.Contains(name) || _globs.Exists(g => g.Matches(name))) ChannelForm.Render(Channels.Agents, name, record, output);
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => ClaudeZenRenderer.Instance.RenderGap(from, to, dropped, output);

    public void RenderPosition(Position position, IMessageWriter output)
    {
    }

    private static string? AgentOf(Record record) => record.Typed() switch
    {
        AgentStatusChanged r => r.Agent,
        TaskAssigned r => r.Agent,
        TaskCompleted r => r.Ended.Agent,
        TaskFailed r => r.Ended.Agent,
        TaskRetryScheduled r => r.Ended.Agent,
        TaskVerifying r => r.Ended.Agent,
        TaskInputRequired r => r.Ended?.Agent,
        TaskRequeued r => r.Ended?.Agent,
        TaskCancelled r => r.Ended?.Agent,
        TaskExpired r => r.Ended?.Agent,
        _ => null,
    };
}
