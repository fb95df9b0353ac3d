using Microsoft.AspNetCore.Routing;
using Waggle.Core.Agents;
using Waggle.Core.Questions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class QuestionsApi
{
    private const string Questions = "/questions";
    private const string Question = $"{Questions}/{{question}}";

    public static void MapQuestions(this RouteGroupBuilder api)
    {
        api.Get(Questions, ListAsync, new("listQuestions", "The questions that workers ask about their tasks, newest first, in pages.")
        {
            Tagged = true,
            Query = [
                new("swarm", "Only of this swarm."), new("task", "Only of this task."), new("state", "Only in this state, for example open."),
                new("cursor", "The cursor of the previous page."), new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer")],
            Result = () => [HubJson.Default.QuestionPage],
        });
        api.Get(Question, call => call.DoAsync(new ShowQuestion(call.Route("question")) { By = call.By }), new(
            "showQuestion", "One question, with its answer if there is one.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.QuestionView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post($"{Question}/answer", AnswerAsync, new(
            "answerQuestion", "Answers a question, once, as the caller or as an agent whose secret the caller knows.")
        {
            Body = () => [RestClientJson.Default.AnswerBody],
            Result = () => [HubJson.Default.QuestionView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.QuestionClosed, ErrorCodes.TooLarge, ErrorCodes.NotAnAgent, ErrorCodes.AgentInUse],
        });
    }

    private static async Task AnswerAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.AnswerBody);
        var by = call.By;
        if (body is { Agent: { } agent, Secret: { } secret })
        {
            await call.AskAsync(new ProveAgent(agent, secret) { By = by });
            by = by.For(agent);
        }
        else if (body.Agent is not null)
        {
            throw ApiFault.Invalid("agent needs its secret.");
        }

        await call.DoAsync(new AnswerQuestion(call.Route("question"), body.Answer) { By = by });
    }

    private static Task ListAsync(ApiCall call) => call.DoAsync(
        new ListQuestions(call.Query("swarm"), call.Query("task"), StateOf(call), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static QuestionState? StateOf(ApiCall call)
    {
        if (call.Query("state") is not { } text) return null;
        foreach (var state in Enum.GetValues<QuestionState>())
        {
            if (SnakeCase.Of(state) == text) return state;
        }

        throw ApiFault.Invalid("state is open, answered, defaulted, expired or cancelled.");
    }
}

internal sealed record AnswerBody
{
    /// <summary>One of the choices, or JSON that satisfies the schema.</summary>
    public required RawJson Answer { get; init; }

    /// <summary>The agent that answers, proven by its secret; null if the subject of the token answers.</summary>
    public string? Agent { get; init; }
    public string? Secret { get; init; }
}
