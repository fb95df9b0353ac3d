using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class ChatApi
{
    private const string Conversations = "/conversations";
    private const string Messages = $"{Conversations}/{{conversation}}/messages";

    private static readonly Parameter Cursor = new("cursor", "The cursor of the previous page.");
    private static readonly Parameter Limit = new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer");

    public static void MapChat(this RouteGroupBuilder api)
    {
        api.Post(
            Conversations, OpenAsync, new("openConversation", "Creates a conversation for everyone who may read chat or, with participants, only for them.")
            {
                Body = () => [RestClientJson.Default.ConversationBody],
                Status = StatusCodes.Status201Created,
                Result = () => [HubJson.Default.ConversationView],
                Also = [(StatusCodes.Status200OK, "The same conversation existed already.")],
                Errors = [ErrorCodes.NotFound, ErrorCodes.AlreadyExists, ErrorCodes.StoreFull],
            });
        api.Get(Conversations, ListAsync, new("listConversations", "Conversations, newest first, in pages.")
        {
            Tagged = true,
            Query = [new("swarm", "Only of this swarm."), Cursor, Limit],
            Result = () => [HubJson.Default.ConversationPage],
        });
        api.Get($"{Conversations}/{{conversation}}", call => call.DoAsync(
            new ShowConversation(call.Route("conversation")) { By = call.By }), new("showConversation", "One conversation, with the number of its messages.")
            {
                Tagged = true,
                Result = () => [HubJson.Default.ConversationView],
                Errors = [ErrorCodes.NotFound],
            });
        api.Post(Messages, PostAsync, new("postMessage", "Posts a message in a conversation, as the caller or as an agent whose secret the caller knows.")
        {
            Headers = [
                new(ApiHeaders.IdempotencyKey, "A repeated request with the same key posts nothing twice and returns the same message, marked as "
                    + "a duplicate.")],
            Body = () => [RestClientJson.Default.MessageBody],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.ChatMessageView],
            Also = [(StatusCodes.Status200OK, "The message was posted before.")],
            Errors = [
                ErrorCodes.NotFound, ErrorCodes.NotAnAgent, ErrorCodes.AgentInUse, ErrorCodes.TooLarge, ErrorCodes.IdempotencyConflict, ErrorCodes.StoreFull],
        });
        api.Get(Messages, ReadAsync, new("listMessages", "The messages of a conversation, newest first, in pages.")
        {
            Tagged = true,
            Query = [TaskLists.Sort, Cursor, Limit],
            Result = () => [HubJson.Default.ChatMessagePage],
            Errors = [ErrorCodes.NotFound],
        });
    }

    private static async Task OpenAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.ConversationBody);
        var outcome = await call.AskAsync(new OpenConversation(body.Id, body.Title, body.Swarm, body.Participants) { By = call.By });
        var opened = outcome.Value!;
        call.Http.Response.Headers.Location = call.At($"{Conversations}/{Uri.EscapeDataString(opened.Id)}");
        await call.AnswerAsync(outcome, opened.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task PostAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.MessageBody);
        var by = call.By;
        if (body.Agent is { } agent)
        {
            await call.AskAsync(new ProveAgent(agent, body.Secret ?? throw ApiFault.Invalid("secret is required to post as an agent.")) { By = by });
            by = by.For(agent);
        }

        var outcome = await call.AskAsync(new PostMessage(call.Route("conversation"), body.Content, TaskCreation.KeyOf(call)) { By = by });
        await call.AnswerAsync(outcome, outcome.Value!.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static Task ListAsync(ApiCall call) =>
        call.DoAsync(new ListConversations(call.Query("swarm"), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static Task ReadAsync(ApiCall call) => call.DoAsync(
        new ListMessages(call.Route("conversation"), call.Query("cursor"), call.QueryNumber("limit") ?? 100, TaskLists.IsAscending(call)) { By = call.By });
}
