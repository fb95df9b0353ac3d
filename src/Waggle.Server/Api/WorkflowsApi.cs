using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class WorkflowsApi
{
    private const string Workflows = "/workflows";
    private const string Workflow = $"{Workflows}/{{workflow}}";
    private const string Runs = "/runs";
    private const string Run = $"{Runs}/{{run}}";

    private static readonly Parameter Cursor = new("cursor", "The cursor of the previous page.");
    private static readonly Parameter Limit = new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer");
    private static readonly Parameter Swarm = new("swarm", "Only of this swarm.");

    public static void MapWorkflows(this RouteGroupBuilder api)
    {
        api.Post(Workflows, DefineAsync, new("defineWorkflow", "Defines a workflow, or its next version.")
        {
            Body = () => [HubJson.Default.WorkflowDefinition],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.WorkflowView],
            Also = [(StatusCodes.Status200OK, "The definition equals the latest version.")],
            Errors = [ErrorCodes.NotFound, ErrorCodes.QuotaExceeded, ErrorCodes.StoreFull],
        });
        api.Get(Workflows, ListWorkflowsAsync, new("listWorkflows", "Workflows without their definitions, newest first, in pages.")
        {
            Tagged = true,
            Query = [Swarm, Cursor, Limit],
            Result = () => [HubJson.Default.WorkflowPage],
        });
        api.Get(Workflow, call => call.DoAsync(new ShowWorkflow(call.Route("workflow"), call.QueryNumber("version")) { By = call.By }), new(
            "showWorkflow", "One workflow with its definition.")
        {
            Tagged = true,
            Query = [new("version", "The version; the latest if left out.", "integer")],
            Result = () => [HubJson.Default.WorkflowView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Delete(Workflow, call => call.DoAsync(new DeleteWorkflow(call.Route("workflow"), call.QueryNumber("version")) { By = call.By }), new(
            "deleteWorkflow", "Deletes a workflow with all its versions, or one version that is not the latest. The reply is the workflow as it was.")
        {
            Query = [new("version", "The version; all if left out.", "integer")],
            Result = () => [HubJson.Default.WorkflowView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState],
        });
        api.MapRuns();
    }

    private static void MapRuns(this RouteGroupBuilder api)
    {
        api.Post(Runs, StartAsync, new("startRun", "Starts a run of a workflow.")
        {
            Headers = [new(ApiHeaders.IdempotencyKey, "A repeated request with the same key starts nothing twice and returns the same run.")],
            Body = () => [RestClientJson.Default.WorkflowStart],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.WorkflowRunView],
            Also = [(StatusCodes.Status200OK, "The run was started before.")],
            Errors = [ErrorCodes.NotFound, ErrorCodes.RunActive, ErrorCodes.IdempotencyConflict, ErrorCodes.QuotaExceeded, ErrorCodes.StoreFull],
        });
        api.Get(Runs, ListAsync, new("listRuns", "Runs, newest first, in pages.")
        {
            Tagged = true,
            Query = [new("workflow", "Only of this workflow."), Swarm, new("state", "Only in this state, for example running."), Cursor, Limit],
            Result = () => [HubJson.Default.WorkflowRunPage],
        });
        api.Get(Run, call => call.DoAsync(new ShowRun(call.Route("run")) { By = call.By }), new("showRun", "One run with its remaining time and its output.")
        {
            Result = () => [HubJson.Default.WorkflowRunView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Get($"{Run}/steps", StepsAsync, new("listSteps", "The steps of a run, in the order of the definition, in pages.")
        {
            Tagged = true,
            Query = [Cursor, Limit],
            Result = () => [HubJson.Default.WorkflowStepPage],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post($"{Run}/signals/{{signal}}", SignalAsync, new("signalRun", "Sends a signal to a run; the body is its payload.")
        {
            Body = () => [RestClientJson.Default.SignalBody],
            BodyOptional = true,
            Result = () => [HubJson.Default.WorkflowRunView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.TooLarge],
        });
        api.Post($"{Run}/retry", call => call.DoAsync(new RetryRun(call.Route("run")) { By = call.By }), new(
            "retryRun", "Runs a failed or cancelled run again from the steps that did not complete.")
        {
            Result = () => [HubJson.Default.WorkflowRunView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.RunActive],
        });
        api.Post($"{Run}/cancel", CancelAsync, new("cancelRun", "Cancels a run and its running steps.")
        {
            Body = () => [RestClientJson.Default.RunCancelBody],
            BodyOptional = true,
            Result = () => [HubJson.Default.WorkflowRunView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState],
        });
    }

    private static async Task DefineAsync(ApiCall call)
    {
        using var body = await call.ReadAsync(RestClientJson.Default.JsonDocument);
        var outcome = await call.AskAsync(new DefineWorkflow(RawJson.From(body.RootElement)) { By = call.By });
        var defined = outcome.Value!;
        call.Http.Response.Headers.Location = call.At($"{Workflows}/{Uri.EscapeDataString(defined.Id)}");
        await call.AnswerAsync(outcome, defined.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task StartAsync(ApiCall call)
    {
        var start = await call.ReadAsync(RestClientJson.Default.WorkflowStart);
        if (TaskCreation.KeyOf(call) is { } key)
        {
            if (start.IdempotencyKey is not null) throw ApiFault.Invalid($"Either the header {ApiHeaders.IdempotencyKey} or idempotency_key in the body.");
            start = start with { IdempotencyKey = key };
        }

        var outcome = await call.AskAsync(new StartRun(start) { By = call.By });
        var run = outcome.Value!;
        call.Http.Response.Headers.Location = call.At($"{Runs}/{Uri.EscapeDataString(run.Id)}");
        await call.AnswerAsync(outcome, run.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static Task ListWorkflowsAsync(ApiCall call) =>
        call.DoAsync(new ListWorkflows(call.Query("swarm"), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static Task StepsAsync(ApiCall call) =>
        call.DoAsync(new ListSteps(call.Route("run"), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static Task ListAsync(ApiCall call) => call.DoAsync(
        new ListRuns(call.Query("workflow"), call.Query("swarm"), StateOf(call), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static async Task SignalAsync(ApiCall call)
    {
        var body = await call.ReadOrAsync(RestClientJson.Default.SignalBody, new SignalBody());
        await call.DoAsync(new SignalRun(call.Route("run"), call.Route("signal"), body.Payload) { By = call.By });
    }

    private static async Task CancelAsync(ApiCall call)
    {
        var body = await call.ReadOrAsync(RestClientJson.Default.RunCancelBody, new RunCancelBody());
        await call.DoAsync(new CancelRun(call.Route("run"), body.Reason) { By = call.By });
    }

    private static WorkflowRunState? StateOf(ApiCall call)
    {
        if (call.Query("state") is not { } text) return null;
        return SnakeCase.TryParse<WorkflowRunState>(text, out var state)
            ? state
            : throw ApiFault.Invalid($"state is one of {string.Join(", ", Enum.GetValues<WorkflowRunState>().Select(s => SnakeCase.Of(s)))}.");
    }
}

internal sealed record SignalBody
{
    /// <summary>The output of the step that waits for the signal, at most 32 KiB.</summary>
    public RawJson Payload { get; init; }
}

internal sealed record RunCancelBody
{
    public string? Reason { get; init; }
}
