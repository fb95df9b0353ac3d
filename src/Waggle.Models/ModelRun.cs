using System.Text.Json;
using Microsoft.Extensions.AI;
using Waggle.Agents;
using Waggle.Agents.Models;
using Waggle.Client;
using Waggle.Models.Providers;
using Waggle.Models.Telemetry;
using Waggle.Models.Tools;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Models;

/// <summary>One attempt: the model answers, its tools run, and it answers again, until an answer calls no tool.</summary>
internal sealed class ModelRun(TaskWork work, ModelAgentOptions options, IChatClient client, ToolBox tools, ToolUse use, ModelMeter meter)
{
    public async Task<RawJson> RunAsync(string prompt, CancellationToken cancel)
    {
        var messages = new List<ChatMessage>();
        if (options.Instructions is { } instructions) messages.Add(new(ChatRole.System, instructions));
        messages.Add(new(ChatRole.User, prompt));
        var settings = Settings();
        while (true)
        {
            var answer = await AskAsync(messages, settings, cancel);
            messages.AddRange(answer.Messages);
            await meter.CountAsync(answer.Usage);
            if (answer.Text is { Length: > 0 } text) await work.LogAsync(text);
            FunctionCallContent[] calls = [.. answer.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];
            if (calls.Length == 0) return Result(answer);
            await meter.CheckAsync(cancel);
            var results = new List<AIContent>();
            foreach (var call in calls) results.Add(await use.RunAsync(call, cancel));
            messages.Add(new(ChatRole.Tool, results));
        }
    }

    private async Task<ChatResponse> AskAsync(List<ChatMessage> messages, ChatOptions settings, CancellationToken cancel)
    {
        using var span = Spans.Chat(options.Model, settings, messages, options.TracesContent);
        try
        {
            var answer = await client.GetStreamingResponseAsync(messages, settings, cancel).ToChatResponseAsync(cancel);
            // Not every library says that its stream was cancelled or broke; each answer has a reason at its end.
            cancel.ThrowIfCancellationRequested();
            if (answer.FinishReason is null) throw new IOException("The answer ended in its middle.");
            span.Answered(answer, options.TracesContent);
            return answer;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            var failure = ModelFailures.Of(e, options.ApiKey);
            span.Fail(Spans.ErrorType(failure));
            throw failure;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A library may report the end of a connection that the cancellation closed.
            throw new OperationCanceledException(e.Message, e, cancel);
        }
    }

    private ChatOptions Settings()
    {
        var settings = new ChatOptions { MaxOutputTokens = options.Limits.OutputTokens, Tools = tools.All is { Count: > 0 } all ? all : null };
        if (Schema is { } schema) settings.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema, "result", "The result of the task.");
        return settings;
    }

    private JsonElement? Schema => work.Spec.Verify is { Schema: { IsNull: false } schema } ? schema.ToElement() : null;

    private RawJson Result(ChatResponse answer)
    {
        if (answer.FinishReason == ChatFinishReason.Length)
            throw new TaskFailedException(ModelCodes.OutputLimit, "The answer was cut, because it reached its limit of tokens (--max-output).", retryable: false);
        if (answer.FinishReason == ChatFinishReason.ContentFilter)
            throw new TaskFailedException(ModelCodes.ContentFilter, $"The provider withheld the answer. {answer.Text}".TrimEnd(), retryable: false);
        if (use.Denials is [var denied, ..] && !options.AllowDenials)
            throw new TaskFailedException(AgentCodes.PermissionDenied, $"The agent was not permitted to use {denied}.", retryable: false);
        if (string.IsNullOrWhiteSpace(answer.Text)) throw new TaskFailedException(AgentCodes.NoResult, "The model ended without an answer.");
        return Schema is null ? Text(answer) : Json(answer.Text.Trim());
    }

    private static RawJson Json(string text)
    {
        try
        {
            return RawJson.Parse(text);
        }
        catch (JsonException e)
        {
            throw new TaskFailedException(ModelCodes.ResultNotJson, $"The task has a schema, and the answer is no JSON: {e.Message}", inner: e);
        }
    }

    private RawJson Text(ChatResponse answer)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("text"u8, answer.Text);
            writer.WriteString("agent"u8, options.Model.ProviderName);
            writer.WriteString("model"u8, answer.ModelId ?? options.Model.Name);
            writer.WriteNumber("turns"u8, meter.Turns);
            if (use.Denials.Count > 0)
            {
                writer.WriteStartArray("denials"u8);
                foreach (var denial in use.Denials) writer.WriteStringValue(denial);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return RawJson.FromTrusted(text.ToArray());
    }
}
