using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>Builds the views of spawns and runners, and the messages to runners.</summary>
internal static class SpawnViews
{
    public static Effect Missing(string id) => Decision.Reject(ErrorCodes.NotFound, $"There is no spawn '{id}'.");

    public static SpawnView Of(SpawnEntity s) => new()
    {
        Id = s.Id,
        Agent = s.Agent,
        Name = s.Name,
        Role = s.Role,
        Type = s.AgentType,
        Swarm = s.Swarm,
        Runner = s.Runner,
        Capabilities = s.Capabilities,
        Slots = s.Slots,
        Restart = s.Terms.Restart,
        State = s.State,
        Attempt = s.Attempt,
        RequestedAt = s.RequestedAt,
        RequestedBy = s.RequestedBy,
        Pid = s.Pid,
        StartedAt = s.StartedAt,
        ReadyAt = s.ReadyAt,
        NextStartAt = s.NextStartAt,
        Failure = s.Failure,
        StoppedBy = s.StoppedBy,
        StopReason = s.StopReason,
        EndedAt = s.EndedAt,
    };

    public static RunnerView Of(RunnerPresence runner, IRunnersView view) => new()
    {
        Id = runner.Id,
        Online = runner.Link is not null,
        MaxAgents = runner.MaxAgents,
        Agents = view.CountOn(runner.Id),
        Templates = [.. runner.Templates.Select(t => new TemplateView(t, view.CountOn(runner.Id, t.Role)))],
    };

    public static RunnerStatusChanged Status(RunnerPresence runner, IRunnersView view, string? reason = null) => new()
    {
        Runner = runner.Id,
        Online = runner.Link is not null,
        Agents = view.CountOn(runner.Id),
        Roles = [.. runner.Templates.Select(t => t.Role)],
        Reason = reason,
    };

    public static RunnerStart StartOf(SpawnEntity spawn) => new()
    {
        Spawn = spawn.Id,
        Attempt = spawn.Attempt + 1,
        Role = spawn.Role,
        Agent = spawn.Agent,
        Name = spawn.Name,
        AgentType = spawn.AgentType,
        Swarm = spawn.Swarm,
        Capabilities = spawn.Capabilities,
        Slots = spawn.Slots,
    };

    public static RunnerStop StopOf(SpawnEntity spawn) => new()
    {
        Spawn = spawn.Id,
        Attempt = spawn.Attempt,
        Reason = spawn.EndingFor is { } failure ? Protocol.Json.SnakeCase.Of(failure) : spawn.StopReason ?? "stopped",
    };
}
