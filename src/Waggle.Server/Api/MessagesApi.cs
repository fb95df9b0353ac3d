using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Messaging;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class MessagesApi
{
    private static readonly Parameter Key = new(ApiHeaders.IdempotencyKey, "A repeated request with the same key sends nothing twice to the same agent.");

    public static void MapMessages(this RouteGroupBuilder api)
    {
        api.Post("/agents/{agent}/messages", SendAsync, new(
            "sendMessage", "Sends JSON to an agent, from the caller or from an agent whose secret the caller knows.")
        {
            Headers = [Key],
            Body = () => [RestClientJson.Default.SendBody],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.MessagesSent],
            Errors = [ErrorCodes.NotFound, ErrorCodes.NotLinked, ErrorCodes.AgentInUse, ErrorCodes.TooLarge, ErrorCodes.QuotaExceeded, ErrorCodes.StoreFull],
        });
        api.Post("/swarms/{swarm}/messages", SendToAllAsync, new("sendMessages", "Sends JSON to agents of a swarm by their places in its topology.")
        {
            Headers = [Key],
            Body = () => [RestClientJson.Default.SendToBody],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.MessagesSent],
            Errors = [
                ErrorCodes.NotFound, ErrorCodes.NotLinked, ErrorCodes.InvalidState, ErrorCodes.AgentInUse, ErrorCodes.TooLarge, ErrorCodes.QuotaExceeded,
                ErrorCodes.StoreFull],
        });
        api.Post("/agents/{agent}/inbox", ReadAsync, new("readInbox", "The messages that wait for an agent whose secret the caller knows, the oldest first.")
        {
            Body = () => [RestClientJson.Default.InboxBody],
            Result = () => [HubJson.Default.InboxPage],
            Errors = [ErrorCodes.NotFound, ErrorCodes.AgentInUse],
        });
        api.Post("/agents/{agent}/inbox/acknowledge", AcknowledgeAsync, new("acknowledgeMessages", "Ends messages that the agent has handled.")
        {
            Body = () => [RestClientJson.Default.AcknowledgeBody],
            Result = () => [HubJson.Default.MessagesAcknowledged],
            Errors = [ErrorCodes.NotFound, ErrorCodes.AgentInUse],
        });
    }

    private static async Task SendAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.SendBody);
        var by = await SenderAsync(call, body.FromAgent, body.Secret);
        var message = new SendMessage(call.Route("agent"), null, body.Content, null, SendMessage.After(body.TtlMs), TaskCreation.KeyOf(call)) { By = by };
        await call.AnswerAsync(await call.AskAsync(message), StatusCodes.Status201Created);
    }

    private static async Task SendToAllAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.SendToBody);
        var by = await SenderAsync(call, body.FromAgent, body.Secret);
        var message = new SendMessage(null, body.To, body.Content, call.Route("swarm"), SendMessage.After(body.TtlMs), TaskCreation.KeyOf(call)) { By = by };
        await call.AnswerAsync(await call.AskAsync(message), StatusCodes.Status201Created);
    }

    private static async Task ReadAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.InboxBody);
        await call.DoAsync(new ReadInbox(body.Limit) { By = await ProvenAsync(call, call.Route("agent"), body.Secret) });
    }

    private static async Task AcknowledgeAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.AcknowledgeBody);
        await call.DoAsync(new AcknowledgeMessages(body.Messages, body.Failed) { By = await ProvenAsync(call, call.Route("agent"), body.Secret) });
    }

    private static async Task<Principal> SenderAsync(ApiCall call, string? agent, string? secret)
    {
        if (agent is null != secret is null) throw ApiFault.Invalid("A message from an agent has both from_agent and secret.");
        return agent is null ? call.By : await ProvenAsync(call, agent, secret!);
    }

    private static async Task<Principal> ProvenAsync(ApiCall call, string agent, string secret)
    {
        await call.AskAsync(new ProveAgent(agent, secret) { By = call.By });
        return call.By.For(agent);
    }
}

internal record SendBody
{
    /// <summary>Any JSON but null, up to 32 KiB.</summary>
    public required RawJson Content { get; init; }

    /// <summary>The time for which the hub keeps the message: 1,000 to 604,800,000 (7 days); null for 3,600,000 (1 hour).</summary>
    public long? TtlMs { get; init; }

    /// <summary>The agent that sends, proven by its secret; null: the token's subject sends.</summary>
    public string? FromAgent { get; init; }
    public string? Secret { get; init; }
}

internal sealed record SendToBody : SendBody
{
    public required MessageAudience To { get; init; }
}

internal sealed record InboxBody
{
    public required string Secret { get; init; }

    // The property has a set accessor, because the generated reader gives an absent init property the default of its type and not this value.
    public int Limit { get; set; } = 100;
}

internal sealed record AcknowledgeBody
{
    public required string Secret { get; init; }

    /// <summary>The ids of 1 to 1,000 messages.</summary>
    public required IReadOnlyList<string> Messages { get; init; }

    /// <summary>Why the agent could not handle them; null if it did. They end all the same.</summary>
    public string? Failed { get; init; }
}
