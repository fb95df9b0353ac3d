using System.Text.Json.Nodes;
using Waggle.Core.Questions;
using Waggle.Protocol.Json;

namespace Waggle.Server.Mcp;

/// <summary><c>task_answer</c></summary>
internal static class QuestionTools
{
    public static async Task<JsonObject> AnswerAsync(ToolCall call)
    {
        var question = call.Id("question");
        if (!call.Has("answer")) throw ToolFault.Invalid("answer is missing.", "Call the tool again with answer.");
        if (call.Scope is { } scope)
        {
            var asked = await call.AskAsync(new ShowQuestion(question) { By = call.By });
            await scope.RequireBelowAsync(call, asked.Task);
        }

        var answered = await call.AskAsync(new AnswerQuestion(question, call.Json("answer")) { By = call.By });
        return new JsonObject
        {
            ["question"] = answered.Id,
            ["state"] = SnakeCase.Of(answered.State),
            ["task"] = answered.Task,
        }
            .With("duplicate", answered.Duplicate ? true : null)
            .With("next", "Call task_wait with this task.");
    }
}
