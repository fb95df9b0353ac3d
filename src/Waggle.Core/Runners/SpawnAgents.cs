using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>
/// Requests agents of a role from a runner that offers it. Each agent is declared at once and is there when its process says hello. All of them are accepted,
/// or none.
/// </summary>
/// <param name="Role">The role of a template; exactly one of this and <paramref name="AgentType"/>.</param>
/// <param name="AgentType">The type of a template.</param>
/// <param name="Capabilities">Those of the template's capabilities that the agents get; null for all.</param>
/// <param name="Name">The id of the agent; with a count over 1, the beginning of their ids. Null lets the hub choose.</param>
public sealed record SpawnAgents(
    string? Role, string? AgentType = null, int Count = 1, string? SwarmId = null, IReadOnlyList<string>? Capabilities = null, string? Name = null)
    : Command<SpawnPage>
{
    public override string Right => Permissions.WriteRunners;

    public override bool Creates => true;

    private string Swarm => SwarmId ?? SwarmEntity.DefaultId;

    public override string? Refusal(IHiveView hive) => By.Reaches(Swarm) ? null : By.OutOfReach(Swarm);

    public override Error? Malformed()
    {
        if (Role is null == AgentType is null) return Bad("Exactly one of role and agent_type is required.");
        if (!Ids.IsValid(Role ?? AgentType!)) return Bad(Ids.Rule(Role is null ? "agent_type" : "role", Role ?? AgentType));
        if (Count is < 1 or > Limits.MaxSpawnCount) return Bad($"count is 1 to {Limits.MaxSpawnCount}; it was {Count}.");
        if (Name is not null && !Ids.IsValid(IdOf(Count - 1)!)) return Bad(Ids.Rule("name", Name));
        if (Capabilities is { Count: > Limits.MaxCapabilities }) return Bad($"capabilities has at most {Limits.MaxCapabilities} entries.");
        return Capabilities?.Contains(null!) == true ? Bad("capabilities holds a null.") : null;
    }

    public override Decision<SpawnPage> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Swarm(Swarm) is not { } swarm) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Swarm}'.");
        if (swarm.State == SwarmState.Stopped) return Decision.Reject(ErrorCodes.SwarmStopped, $"Swarm '{Swarm}' is stopped.");
        var (runner, template, problem) = Place(view.OnRunners);
        if (problem is not null) return Decision.Reject(problem, []);
        var unknown = Capabilities?.FirstOrDefault(c => template!.Capabilities?.ContainsKey(c) != true);
        if (unknown is not null)
            return Decision.Reject(
                ErrorCodes.InvalidRequest,
                $"The role '{template!.Role}' has no capability '{PlainText.Clip(unknown, 40)}': {string.Join(", ", template.Capabilities?.Keys ?? [])}.");
        if (SwarmQuotas.OfAgents(Swarm, view, Count) is { } full) return Decision.Reject(full, []);
        if (TooMany(view.OnRunners, context) is { } storm) return Decision.Reject(storm, []);
        var records = new List<RecordData>();
        var spawns = new List<SpawnView>();
        for (var i = 0; i < Count; i++)
        {
            var agent = IdOf(i) ?? view.NextId(IdPrefix.Agent, i);
            if (view.IsTaken(new(AgentEntity.Entity.Name, agent))) return Decision.Reject(ErrorCodes.AlreadyExists, $"There is an agent '{agent}' already.");
            var requested = Request(view.NextId(IdPrefix.Spawn, i), agent, runner!, template!);
            records.Add(new AgentRegistered
            {
                Agent = agent,
                Name = requested.Name,
                Type = requested.AgentType,
                Swarm = Swarm,
                Capabilities = requested.Capabilities,
            });
            records.Add(requested);
            spawns.Add(SpawnViews.Of(SpawnEvolver.Request(requested, 0, context.Now)));
        }

        return Decision.Of(new SpawnPage(spawns), records);
    }

    // The runner with the most room, so that agents spread over equal ones.
    private (RunnerPresence? Runner, RunnerTemplate? Template, Error? Problem) Place(IRunnersView view)
    {
        (RunnerPresence Runner, RunnerTemplate Template, int Room)? best = null;
        foreach (var runner in view.Runners.Where(r => r.Takes(Swarm)).OrderBy(r => r.Id, StringComparer.Ordinal))
        {
            if (runner.Template(Role, AgentType) is not { } template) continue;
            var room = Math.Min(template.MaxCount - view.CountOn(runner.Id, template.Role), runner.MaxAgents - view.CountOn(runner.Id));
            if (best is null || room > best.Value.Room) best = (runner, template, room);
        }

        if (best is not { } found) return (null, null, NotOffered(view));
        return found.Room >= Count
            ? (found.Runner, found.Template, null)
            : (null, null, new(
                ErrorCodes.QuotaExceeded,
                $"Runner '{found.Runner.Id}' has room for {Math.Max(0, found.Room)} more agents of the role '{found.Template.Role}'; {Count} were requested."));
    }

    private Error NotOffered(IRunnersView view)
    {
        var roles = view.Runners.Where(r => r.Takes(Swarm)).SelectMany(r => r.Templates).Select(t => t.Role).Distinct(StringComparer.Ordinal).ToArray();
        var what = Role is null ? $"agents of the type '{AgentType}'" : $"the role '{Role}'";
        return new(
            ErrorCodes.NotAvailable,
            roles.Length == 0
                ? $"No runner is attached that starts {what}: an operator starts one with 'waggle runner'."
                : $"No attached runner has a template for {what}; there are templates for: {string.Join(", ", roles.Take(20))}.");
    }

    private Error? TooMany(IRunnersView view, in DecisionContext context)
    {
        var options = context.Options;
        if (view.CountOf(By.User) + Count > options.MaxSpawnedPerUser)
            return new(
                ErrorCodes.QuotaExceeded,
                $"'{By.User}' has {view.CountOf(By.User)} of at most {options.MaxSpawnedPerUser} agents on runners; {Count} more were requested: stop some.");
        var (recent, until) = view.Recent(By.User, context.Now);
        return recent + Count <= options.SpawnsPerMinute ? null : new(
            ErrorCodes.RateLimited,
            $"'{By.User}' requested {recent} agents within a minute, of at most {options.SpawnsPerMinute}; {Count} more were requested.",
            until is { } at ? Math.Max(1, (long)(at - context.Now).TotalMilliseconds) : null);
    }

    private SpawnRequested Request(string spawn, string agent, RunnerPresence runner, RunnerTemplate template)
    {
        IReadOnlyDictionary<string, double> all = template.Capabilities ?? new Dictionary<string, double>(StringComparer.Ordinal);
        return new()
        {
            Spawn = spawn,
            Agent = agent,
            Name = Name is null ? $"{template.Role}-{agent}" : agent,
            Swarm = Swarm,
            Role = template.Role,
            AgentType = template.Type ?? template.Role,
            Runner = runner.Id,
            RunnerUser = runner.User,
            Capabilities = Capabilities is null ? all : Capabilities.Distinct(StringComparer.Ordinal).ToDictionary(c => c, c => all[c], StringComparer.Ordinal),
            Slots = template.Slots ?? 1,
            Terms = SpawnTerms.Of(template),
            RequestedBy = By.Subject,
            User = By.User,
        };
    }

    private string? IdOf(int index) => Name is null || Count == 1 ? Name : $"{Name}-{index + 1}";

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
