using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Waggle.Agents.Models;
using Waggle.Client;

namespace Waggle.Models.Telemetry;

/// <summary>The spans of an attempt: one <c>invoke_agent</c>, and in it one <c>chat</c> a turn and one <c>execute_tool</c> a call.</summary>
internal static class Spans
{
    private static readonly ActivitySource Source = new(GenAi.SourceName);

    public static Activity? Agent(ModelSpec model, TaskWork work) => Source.StartActivity($"{GenAi.InvokeAgent} {model.Name}", ActivityKind.Internal)?
        .SetTag(GenAi.Operation, GenAi.InvokeAgent)
        .SetTag(GenAi.Provider, model.ProviderName)
        .SetTag(GenAi.AgentName, model.Name)
        .SetTag(GenAi.RequestModel, model.Name)
        .SetTag("waggle.task.id", work.Id)
        .SetTag("waggle.task.attempt", work.Attempt);

    public static Activity? Chat(ModelSpec model, ChatOptions options, IEnumerable<ChatMessage> messages, bool content)
    {
        var span = Source.StartActivity($"{GenAi.Chat} {model.Name}", ActivityKind.Client)?
            .SetTag(GenAi.Operation, GenAi.Chat)
            .SetTag(GenAi.Provider, model.ProviderName)
            .SetTag(GenAi.RequestModel, model.Name)
            .SetTag(GenAi.RequestMaxTokens, options.MaxOutputTokens)
            .SetTag(GenAi.OutputType, options.ResponseFormat is ChatResponseFormatJson ? "json" : "text")
            .SetTag(GenAi.ServerAddress, model.Url.Host)
            .SetTag(GenAi.ServerPort, model.Url.Port);
        if (content) span?.SetTag(GenAi.InputMessages, Json(messages));
        return span;
    }

    public static Activity? Tool(FunctionCallContent call, bool content)
    {
        var span = Source.StartActivity($"{GenAi.ExecuteTool} {call.Name}", ActivityKind.Internal)?
            .SetTag(GenAi.Operation, GenAi.ExecuteTool)
            .SetTag(GenAi.ToolName, call.Name)
            .SetTag(GenAi.ToolCallId, call.CallId)
            .SetTag(GenAi.ToolType, "extension");
        if (content) span?.SetTag(GenAi.ToolArguments, JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions));
        return span;
    }

    public static void Answered(this Activity? span, ChatResponse answer, bool content)
    {
        if (span is null) return;
        span.SetTag(GenAi.ResponseModel, answer.ModelId).SetTag(GenAi.ResponseId, answer.ResponseId).Used(answer.Usage);
        if (answer.FinishReason is { } reason) span.SetTag(GenAi.FinishReasons, new[] { reason.Value });
        if (content) span.SetTag(GenAi.OutputMessages, Json(answer.Messages));
    }

    public static void Used(this Activity? span, UsageDetails? usage) => span?
        .SetTag(GenAi.InputTokens, usage?.InputTokenCount)
        .SetTag(GenAi.OutputTokens, usage?.OutputTokenCount)
        .SetTag(GenAi.CachedTokens, usage?.CachedInputTokenCount);

    public static void Fail(this Activity? span, string type) => span?.SetStatus(ActivityStatusCode.Error).SetTag(GenAi.ErrorType, type);

    public static string ErrorType(Exception e) => e is TaskFailedException failed ? failed.Code : e.GetType().Name;

    private static string Json(IEnumerable<ChatMessage> messages) => JsonSerializer.Serialize(messages, AIJsonUtilities.DefaultOptions);
}
