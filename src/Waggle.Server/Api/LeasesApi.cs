using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Questions;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Api;

/// <summary>Serves workers without a connection, such as curl.</summary>
internal static class LeasesApi
{
    private static readonly string[] Errors =
    [
        ErrorCodes.NotFound, ErrorCodes.StaleLease, ErrorCodes.AgentInUse, ErrorCodes.NotAnAgent, ErrorCodes.InvalidState, ErrorCodes.TooLarge,
        ErrorCodes.BlobMissing, ErrorCodes.QuotaExceeded, ErrorCodes.IdempotencyConflict,
    ];

    private delegate Command<TResult> CommandOf<in T, TResult>(LeaseRef lease, T body, Principal by);

    public static void MapLeases(this RouteGroupBuilder api, Func<Polling> polling)
    {
        api.Post("/leases", call => polling().RunAsync(call), new(
            "lease", "Asks for up to n tasks and waits for the first. The agent holds each task by a lease that it must renew until the task is done.")
        {
            Body = () => [RestClientJson.Default.PollBody],
            Result = () => [RestJson.Default.LeasePage],
            Also = [(StatusCodes.Status204NoContent, "There was no task in that time: ask again.")],
            Errors = [ErrorCodes.NotFound, ErrorCodes.AgentInUse, ErrorCodes.AgentRemoved],
        });
        api.Report("renew", "Renews the lease. The reply lists it under stop if it is no longer valid, under cancel if its task is to be cancelled.",
            j => j.LeaseBody, (lease, _, by) => new RenewLeases([lease]) { By = by }, () => HubJson.Default.Renewed);
        api.Report("start", "Reports that the attempt has started.", j => j.LeaseBody, (lease, _, by) => new StartTask(lease) { By = by });
        api.Report("progress", "Reports progress, 0 to 1, and renews the lease.", j =>
            j.ProgressBody, (lease, body, by) => new ReportProgress(lease, body.Progress, body.Message, body.Usage) { By = by });
        api.Report("usage", "Reports what the attempt used so far with one model. The same report again changes nothing.", j =>
            j.UsageBody, (lease, body, by) => new ReportUsage(lease, body.Usage) { By = by });
        api.Report("log", "Sends log lines.", j => j.LogBody, (lease, body, by) => new LogLines(lease, body.Lines, body.Level) { By = by });
        api.Report("complete", "Sends the result. Repeat the request until it is answered; it counts once.", j =>
            j.CompleteBody, (lease, body, by) => new CompleteTask(lease, body.Result, body.Usage, body.ResultRef) { By = by });
        api.Report("fail", "Reports that the attempt failed; the task may be retried.",
            j => j.FailBody, (lease, body, by) => new FailTask(lease, body.Error, body.Retryable, FailTask.After(body.RetryAfterMs), body.Usage) { By = by });
        api.Report("checkpoint", "Keeps JSON of up to 32 KiB that the next attempt of the task receives.", j =>
            j.CheckpointBody, (lease, body, by) => new KeepCheckpoint(lease, body.Checkpoint) { By = by });
        api.Report("ask", "Asks a question. The attempt ends, unless the question holds the lease; the answer comes with the next lease.", j =>
            j.AskBody, (lease, body, by) => new AskQuestion(lease, body.Question, body.Checkpoint) { By = by });
        api.Report("refuse", "Declines a task: another agent receives it, and it does not count as a failure.", j =>
            j.ReasonBody, (lease, body, by) => new RefuseTask(lease, body.Reason) { By = by });
        api.Report("release", "Returns a task to the queue; it does not count as an attempt.", j =>
            j.ReasonBody, (lease, body, by) => new ReleaseTask(lease, body.Reason) { By = by });
        api.Report("cancelled", "Obeys a cancellation.", j => j.LeaseBody, (lease, _, by) => new ConfirmCancelled(lease) { By = by });
    }

    private static void Report<T, TResult>(
        this RouteGroupBuilder api, string verb, string summary, Func<RestClientJson, JsonTypeInfo<T>> type, CommandOf<T, TResult> command,
        Func<JsonTypeInfo>? result = null)
        where T : LeaseBody => api.Post($"/leases/{{task}}/{verb}", call => SayAsync(call, type, command), new($"{verb}Lease", summary)
        {
            Body = () => [type(RestClientJson.Default)],
            Result = () => [result?.Invoke() ?? HubJson.Default.TaskAck],
            Errors = Errors,
        });

    private static async Task SayAsync<T, TResult>(ApiCall call, Func<RestClientJson, JsonTypeInfo<T>> type, CommandOf<T, TResult> command)
        where T : LeaseBody
    {
        var body = await call.ReadAsync(type(RestClientJson.Default));
        await call.AskAsync(new ProveAgent(body.Agent, body.Secret) { By = call.By });
        var by = call.By.For(body.Agent);
        await call.DoAsync(command(new LeaseRef(call.Route("task"), body.Attempt, body.Token), body, by));
    }
}
