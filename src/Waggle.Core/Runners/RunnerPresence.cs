using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>A runner as the hub sees it. It exists in memory only: a runner attaches again after the hub's restart.</summary>
/// <param name="Link">Null while it is not connected.</param>
/// <param name="Instance">The text that its process drew; null for a runner that the hub knows from the spawns of an earlier run alone.</param>
/// <param name="User">The user that attached it; null like <paramref name="Instance"/>.</param>
/// <param name="Swarms">The swarms that its token is limited to; null for all.</param>
/// <param name="SilentSince">The time since which it is not connected.</param>
/// <param name="Leaving">Whether it ends and gets no more requests.</param>
internal sealed record RunnerPresence(
    string Id,
    IRunnerLink? Link,
    string? Instance,
    int MaxAgents,
    IReadOnlyList<RunnerTemplate> Templates,
    string? User,
    IReadOnlySet<string>? Swarms,
    DateTimeOffset SilentSince,
    bool Leaving = false)
{
    public bool Takes(string swarm) => Link is not null && !Leaving && (Swarms is null || Swarms.Contains(swarm));

    public RunnerTemplate? Template(string? role, string? type) =>
        Templates.FirstOrDefault(t => role is not null ? t.Role == role : (t.Type ?? t.Role) == type);
}
