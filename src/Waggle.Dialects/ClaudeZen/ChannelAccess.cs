using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>Decides which channels a principal may subscribe to. The hub checks each record in addition.</summary>
internal static class ChannelAccess
{
    /// <summary>Returns the reason why a principal may hear nothing under a name or glob; null if it may hear a part.</summary>
    public static string? Problem(Principal by, string name)
    {
        if (by.IsUnlimited) return null;
        if (Channels.IsOfApplication(name)) return TopicPattern.TryParseGlob(name, out var topics) ? by.Problem(topics) : null;
        string? first = null;
        foreach (var channel in ChannelRequest.Matching(name).Concat(Channels.IsOfAgents(name) ? [Channels.Agents] : []))
        {
            if (channel.Problem(by) is not { } problem) return null;
            first ??= problem;
        }

        return first;
    }
}
