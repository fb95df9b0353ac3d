using System.Runtime.CompilerServices;
using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Workflows: definitions, and runs whose steps are tasks. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c> and the codes that a method names.
/// </remarks>
/// <example>
/// <code>
/// await client.Workflows.DefineAsync(new WorkflowDefinition
/// {
///     Id = "report",
///     Steps =
///     [
///         new() { Id = "fetch", Task = new() { Title = "Fetch the data" } },
///         new() { Id = "publish", DependsOn = ["fetch"], When = "steps.fetch.output.rows > 0", Task = new() { Title = "Publish" } },
///     ],
/// });
/// WorkflowRunView run = await client.Workflows.StartAsync(new WorkflowStart { Workflow = "report" });
/// WorkflowRunView ended = await client.Workflows.WaitAsync(run.Id);
/// Console.WriteLine($"{ended.State}: {ended.Output}");
/// </code>
/// </example>
public sealed class WaggleWorkflows
{
    private const int KeyBytes = 16;
    private readonly WaggleClient _client;

    internal WaggleWorkflows(WaggleClient client) => _client = client;

    /// <summary>Defines a workflow, or its next version. A definition that equals the latest version creates none.</summary>
    /// <exception cref="WaggleException"><c>INVALID_REQUEST</c> with the place of the problem, <c>NOT_FOUND</c> (the swarm or a called workflow),
    /// <c>QUOTA_EXCEEDED</c>, <c>STORE_FULL</c>.</exception>
    public Task<WorkflowView> DefineAsync(WorkflowDefinition definition, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return DefineAsync(RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(definition, HubJson.Default.WorkflowDefinition)), cancel);
    }

    /// <summary>Defines a workflow by the JSON of its definition.</summary>
    /// <inheritdoc cref="DefineAsync(WorkflowDefinition, CancellationToken)"/>
    public Task<WorkflowView> DefineAsync(RawJson definition, CancellationToken cancel = default) =>
        _client.CommandAsync(new WorkflowDefine { Definition = definition }, HubJson.Default.WorkflowView, cancel);

    /// <summary>Returns a workflow with its definition; null if there is none.</summary>
    /// <param name="version">The version; null for the latest.</param>
    public Task<WorkflowView?> GetAsync(string workflow, int? version = null, CancellationToken cancel = default) => OrNull(
        _client.CommandAsync(new WorkflowShow { Workflow = workflow, Version = version }, HubJson.Default.WorkflowView, cancel));

    /// <summary>Lists workflows without their definitions, the newest first, page by page as they are read.</summary>
    /// <param name="swarm">Lists only the workflows of this swarm; null for all.</param>
    public async IAsyncEnumerable<WorkflowView> ListAsync(string? swarm = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new WorkflowList { Swarm = swarm, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (workflows, next) = await _client.CommandAsync(page, HubJson.Default.WorkflowPage, cancel);
            foreach (var workflow in workflows) yield return workflow;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Deletes a workflow with all its versions, or one version that is not the latest. Ended runs keep their steps and outputs.</summary>
    /// <param name="version">The version; null for the workflow with all its versions.</param>
    /// <returns>The workflow as it was.</returns>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (open runs, a workflow that calls it, or the latest version).</exception>
    public Task<WorkflowView> DeleteAsync(string workflow, int? version = null, CancellationToken cancel = default) =>
        _client.CommandAsync(new WorkflowDelete { Workflow = workflow, Version = version }, HubJson.Default.WorkflowView, cancel, repeatable: false);

    /// <summary>Starts a run. A start without an idempotency key gets one, so that a repetition over a lost connection starts nothing twice.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>RUN_ACTIVE</c> (a run with the same key), <c>QUOTA_EXCEEDED</c>, <c>STORE_FULL</c>.</exception>
    public Task<WorkflowRunView> StartAsync(WorkflowStart start, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        var keyed = start with { IdempotencyKey = start.IdempotencyKey ?? RandomId.Hex(KeyBytes) };
        return _client.CommandAsync(new RunStart { Run = keyed }, HubJson.Default.WorkflowRunView, cancel);
    }

    /// <summary>Returns a run with its remaining time and its output; null if there is none.</summary>
    public Task<WorkflowRunView?> GetRunAsync(string run, CancellationToken cancel = default) =>
        OrNull(_client.CommandAsync(new RunShow { Run = run }, HubJson.Default.WorkflowRunView, cancel));

    /// <summary>Lists runs, the newest first, page by page as they are read.</summary>
    /// <param name="workflow">Lists only the runs of this workflow; null for all.</param>
    /// <param name="swarm">Lists only the runs of this swarm; null for all.</param>
    /// <param name="state">Lists only the runs in this state; null for all.</param>
    public async IAsyncEnumerable<WorkflowRunView> ListRunsAsync(
        string? workflow = null, string? swarm = null, WorkflowRunState? state = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new RunList { Workflow = workflow, Swarm = swarm, State = state, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (runs, next) = await _client.CommandAsync(page, HubJson.Default.WorkflowRunPage, cancel);
            foreach (var run in runs) yield return run;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Lists the steps of a run in the order of the definition, page by page as they are read.</summary>
    public async IAsyncEnumerable<WorkflowStepView> StepsAsync(string run, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new RunSteps { Run = run, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (steps, next) = await _client.CommandAsync(page, HubJson.Default.WorkflowStepPage, cancel);
            foreach (var step in steps) yield return step;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Sends a signal to a run. The hub keeps a signal whose step still waits for others.</summary>
    /// <param name="payload">The output of the step that waits for the signal, at most 32 KiB.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c>, <c>TOO_LARGE</c>.</exception>
    public Task<WorkflowRunView> SignalAsync(string run, string signal, RawJson payload = default, CancellationToken cancel = default) =>
        _client.CommandAsync(new RunSignal { Run = run, Signal = signal, Payload = payload }, HubJson.Default.WorkflowRunView, cancel);

    /// <summary>Runs a failed or cancelled run again from the steps that did not complete.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c>, <c>RUN_ACTIVE</c>.</exception>
    public Task<WorkflowRunView> RetryAsync(string run, CancellationToken cancel = default) =>
        _client.CommandAsync(new RunRetry { Run = run }, HubJson.Default.WorkflowRunView, cancel, repeatable: false);

    /// <summary>Cancels a run and its running steps.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c>.</exception>
    public Task<WorkflowRunView> CancelAsync(string run, string? reason = null, CancellationToken cancel = default) =>
        _client.CommandAsync(new RunCancel { Run = run, Reason = reason }, HubJson.Default.WorkflowRunView, cancel);

    /// <summary>Waits until a run has ended.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>.</exception>
    public async Task<WorkflowRunView> WaitAsync(string run, CancellationToken cancel = default)
    {
        await using var observer = _client.ObserveAsync([$"run.{run}.ended"], cancel: cancel);
        await observer.Ready;
        var now = await ShowAsync(run, cancel);
        if (now.EndedAt is not null) return now;
        await foreach (var _ in observer.WithCancellation(cancel))
        {
            now = await ShowAsync(run, cancel);
            if (now.EndedAt is not null) return now;
        }

        throw new WaggleException(ClientErrorCodes.Closed, "The client was disposed.");
    }

    private Task<WorkflowRunView> ShowAsync(string run, CancellationToken cancel) =>
        _client.CommandAsync(new RunShow { Run = run }, HubJson.Default.WorkflowRunView, cancel);

    private static async Task<T?> OrNull<T>(Task<T> asked)
        where T : class
    {
        try
        {
            return await asked;
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }
}
