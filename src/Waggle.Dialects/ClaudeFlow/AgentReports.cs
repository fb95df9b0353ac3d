using Waggle.Core.Agents;
using Waggle.Dialects.Mapping;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The reports of agents: what a client publishes to the agent channel.</summary>
internal static class AgentReports
{
    private const int OneSlot = 1;

    public static Intent Read(Publication published, HeldLeases leases)
    {
        published.RequireSame("agentId");
        return published.Name switch
        {
            "status" => Status(published, leases),
            var name => AgentBinding.As(published, published.Id, null, _ => throw published.NotAvailable(
                $"the hub keeps no {name} that agents report about themselves.")),
        };
    }

    private static Intent Status(Publication published, HeldLeases leases)
    {
        var (call, agent) = (published.Call, published.Id);
        return published.Data.RequiredText("status") switch
        {
            "idle" => AgentBinding.As(published, agent, Swarm(published), by => new CommandIntent(call, new SetCredit(agent, OneSlot) { By = by })),

            // An agent with a task is busy by the hub's own count. One without takes no task until it is idle.
            "busy" => AgentBinding.As(published, agent, Swarm(published), by => leases.ToRenew().Count > 0
                ? new CommandIntent(call, new ShowAgent(agent) { By = by })
                : new CommandIntent(call, new SetCredit(agent, 0) { By = by })),
            "offline" => AgentBinding.As(published, agent, Swarm(published), by => new CommandIntent(call, new DrainAgent(agent) { By = by })),
            "error" => AgentBinding.As(published, agent, Swarm(published), _ => throw published.NotAvailable(
                "the hub keeps no error state of agents. Report the task that failed to task.ID.error, or the status offline.")),
            var other => throw PayloadReader.Invalid($"data.status is idle, busy, error or offline; it was '{PayloadReader.Clip(other)}'."),
        };
    }

    private static string? Swarm(Publication published) => published.Data.Text("swarmId");
}
