namespace Waggle.Core.Agents;

/// <summary>A token may be bound to one agent.</summary>
internal static class AgentRights
{
    public static string? Problem(Principal by, string agent) =>
        by.OnlyAgent is { } only && only != agent ? $"'{by.Subject}' may not speak for agent '{agent}': its token is for agent '{only}'." : null;
}
