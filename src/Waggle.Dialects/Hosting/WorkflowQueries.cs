using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Workflows;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>The queries that messages about workflows and runs stand for.</summary>
internal static class WorkflowQueries
{
    private const int StandardLimit = 100;

    public static async Task<Outcome> RunAsync(IHive hive, ClientMessage message, Principal by) => message switch
    {
        WorkflowShow m => await hive.QueryAsync(new ShowWorkflow(m.Workflow, m.Version) { By = by }, CancellationToken.None),
        WorkflowList m => await hive.QueryAsync(new ListWorkflows(m.Swarm, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        RunShow m => await hive.QueryAsync(new ShowRun(m.Run) { By = by }, CancellationToken.None),
        RunList m => await hive.QueryAsync(
            new ListRuns(m.Workflow, m.Swarm, m.State, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        RunSteps m => await hive.QueryAsync(new ListSteps(m.Run, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no query about workflows."),
    };
}
