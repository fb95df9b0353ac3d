using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>
/// Deletes a workflow with all its versions, or one version that is not the latest. It is refused while runs are open or another workflow calls what it
/// deletes. The result is the workflow as it was. Ended runs keep their steps and outputs, and cannot be retried.
/// </summary>
/// <param name="Version">The version; null for the workflow with all its versions.</param>
public sealed record DeleteWorkflow(string Workflow, int? Version = null) : Command<WorkflowView>
{
    public override string Right => Permissions.WriteWorkflows;

    public override Error? Malformed() => Ids.IsValid(Workflow) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("workflow", Workflow));

    public override Decision<WorkflowView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Workflow(Workflow) is not { } workflow) return WorkflowViews.MissingWorkflow(Workflow);
        var what = Version is null ? $"Workflow '{Workflow}'" : $"Version {Version} of workflow '{Workflow}'";
        if (Version is { } version)
        {
            if (workflow.Versions?.Any(v => v.Version == version) != true) return WorkflowViews.MissingWorkflow(Workflow, version);
            if (version == workflow.Version)
            {
                return Decision.Reject(
                    ErrorCodes.InvalidState, $"{what} is the latest one: define another one first, or delete the workflow with all its versions.");
            }
        }

        if (view.Workflows.OpenRunsOf(Workflow, Version) is > 0 and var open)
            return Decision.Reject(ErrorCodes.InvalidState, $"{what} has {open} open {(open == 1 ? "run" : "runs")}: cancel them, or wait for their end.");
        if (WorkflowVersions.CallersOf(workflow, Version, view.Workflows) is > 0 and var callers)
        {
            return Decision.Reject(
                ErrorCodes.InvalidState, $"{callers} {(callers == 1 ? "version" : "versions")} of workflows call {what}: delete them first.");
        }

        var deleted = new WorkflowDeleted { Workflow = Workflow, Version = Version, Swarm = workflow.Swarm, DeletedBy = By.Subject };
        return Decision.Of(WorkflowViews.Of(workflow, null), deleted);
    }
}
