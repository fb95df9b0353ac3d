using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.CloudAgents;

/// <summary>The names and units of the dialect.</summary>
internal static class CloudAgentsWords
{
    public static readonly IReadOnlyDictionary<string, PresenceStatus> Presence = new Dictionary<string, PresenceStatus>(StringComparer.Ordinal)
    {
        ["online"] = PresenceStatus.Online,
        ["away"] = PresenceStatus.Away,
        ["busy"] = PresenceStatus.Busy,
        ["offline"] = PresenceStatus.Offline,
    };

    public static string Of(PresenceStatus status) => status switch
    {
        PresenceStatus.Online => "online",
        PresenceStatus.Away => "away",
        PresenceStatus.Busy => "busy",
        _ => "offline",
    };

    public static string Of(NotificationLevel level) => level switch
    {
        NotificationLevel.Success => "success",
        NotificationLevel.Warning => "warning",
        NotificationLevel.Error => "error",
        _ => "info",
    };

    /// <summary>Returns the state of an agent. An agent with a task works; one without is ready, unless it takes none.</summary>
    public static string StateOf(AgentStatus status, int holding) => status switch
    {
        AgentStatus.Offline or AgentStatus.Removed or AgentStatus.Unknown => "stopped",
        _ when holding > 0 => "working",
        AgentStatus.Draining => "stopped",
        _ => "idle",
    };

    /// <summary>Converts a progress to 0 to 100, with one decimal place.</summary>
    public static double Percent(double progress) => Math.Round(progress * 100, 1);

    public static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.Number => "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };
}
