using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Waggle.Agents.Models;
using Waggle.Client;
using Waggle.Models.Telemetry;
using Waggle.Protocol.Model;

namespace Waggle.Models.Tools;

/// <summary>Runs the tools that a model calls in an attempt, after the approval that they need.</summary>
internal sealed class ToolUse(TaskWork work, IModelHost host, ModelAgentOptions options, ToolBox tools)
{
    // A tool that returns a whole database must not cost the rest of the tokens.
    private const int MaxResult = 100_000;
    private const int MaxLogged = 500;

    private readonly List<string> _denials = [];
    private int _number;

    /// <summary>The names of the tools that a person did not permit.</summary>
    public IReadOnlyList<string> Denials => _denials;

    /// <returns>What the model reads of the tool, also if it failed.</returns>
    public async Task<FunctionResultContent> RunAsync(FunctionCallContent call, CancellationToken cancel)
    {
        _number++;
        using var span = Spans.Tool(call, options.TracesContent);
        var (text, failed) = await AnswerAsync(call, cancel);
        if (failed) span.Fail("tool_error");
        if (options.TracesContent) span?.SetTag(GenAi.ToolResult, text);
        await work.LogAsync($"{call.Name} {Clip(Arguments(call), MaxLogged)}{(failed ? $" failed: {Clip(text, MaxLogged)}" : "")}", failed ? AgentLogLevel.Warn : AgentLogLevel.Info);
        return new FunctionResultContent(call.CallId, text);
    }

    private async Task<(string Text, bool Failed)> AnswerAsync(FunctionCallContent call, CancellationToken cancel)
    {
        if (tools.Find(call.Name) is not { } tool) return ($"There is no tool {call.Name}.", true);
        if (call.Exception is { } unreadable) return ($"The arguments are no JSON object: {unreadable.Message}", true);
        if (NeedsApproval(tool) && !await host.ApproveAsync($"tool-{_number}", $"May the agent use {call.Name}? {Arguments(call)}", cancel))
        {
            _denials.Add(call.Name);
            return ("A person did not permit this.", true);
        }

        try
        {
            var result = await tool.CallAsync(new Dictionary<string, object?>(call.Arguments ?? new Dictionary<string, object?>()), cancellationToken: cancel);
            return (Clip(Text(result), MaxResult), result.IsError == true);
        }
        catch (Exception e) when (e is McpException or HttpRequestException or IOException)
        {
            return ($"The tool failed: {e.Message}", true);
        }
    }

    private bool NeedsApproval(McpClientTool tool) => options.Approval switch
    {
        ToolApproval.All => true,
        ToolApproval.Changes => tool.ProtocolTool.Annotations?.ReadOnlyHint != true,
        _ => false,
    };

    private static string Arguments(FunctionCallContent call) => JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions);

    private static string Text(CallToolResult result)
    {
        var text = new StringBuilder();
        foreach (var block in result.Content)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(block is TextContentBlock part ? part.Text : $"[{block.Type}: not shown to the model]");
        }

        return text.Length == 0 && result.StructuredContent is { } structured ? structured.ToString() : text.ToString();
    }

    private static string Clip(string text, int most) => text.Length <= most ? text : $"{text[..most]}… ({text.Length} characters, cut)";
}
