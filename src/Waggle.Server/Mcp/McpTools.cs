using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Server.Api;

namespace Waggle.Server.Mcp;

/// <summary>The tools: their definitions (tools.json) and what answers each.</summary>
internal static class McpTools
{
    private static readonly Dictionary<string, Func<ToolCall, Task<JsonObject>>> Answers = new(StringComparer.Ordinal)
    {
        ["task_create"] = TaskCreating.CreateAsync,
        ["task_get"] = TaskTools.GetAsync,
        ["task_list"] = TaskTools.ListAsync,
        ["task_wait"] = TaskWaiting.WaitAsync,
        ["task_result"] = TaskResults.ReadAsync,
        ["task_cancel"] = TaskTools.CancelAsync,
        [Answering] = QuestionTools.AnswerAsync,
        ["memory_search"] = MemoryTools.SearchAsync,
        ["memory_put"] = MemoryTools.PutAsync,
        ["swarm_status"] = SwarmTools.StatusAsync,
    };

    private const string Answering = "task_answer";

    private static readonly List<Tool> All = Read();

    // No agent answers the questions of tasks above or below its own.
    private static readonly List<Tool> OfAgents = [.. All.Where(t => t.Name != Answering)];

    /// <summary>Returns the tools of a caller.</summary>
    public static IReadOnlyList<Tool> Of(in McpLimits limits) => limits.Lease is null ? All : OfAgents;

    /// <exception cref="McpProtocolException">There is no such tool.</exception>
    public static async Task<CallToolResult> CallAsync(
        CallToolRequestParams? request, Principal by, McpLimits limits, McpParts parts, CancellationToken cancel)
    {
        if (request is null || Of(limits).FirstOrDefault(t => t.Name == request.Name) is not { } tool)
        {
            throw new McpProtocolException(
                $"There is no tool '{PlainText.Clip(request?.Name, 100)}'. The tools are: {string.Join(", ", Of(limits).Select(t => t.Name))}.",
                McpErrorCode.InvalidParams);
        }

        try
        {
            var arguments = request.Arguments?.ToDictionary(StringComparer.Ordinal) ?? [];
            RefuseUnknown(tool, arguments.Keys);
            var call = new ToolCall(arguments, by, parts, cancel);
            if (limits.Task is { } task) call.Scope = await TaskScope.OpenAsync(call, task, limits.Lease);
            var answer = await Answers[tool.Name](call);
            return ToolJson.Fits(answer) ? Result(answer) : throw new InvalidOperationException($"The answer of {tool.Name} is too long.");
        }
        catch (ToolFault fault)
        {
            return Refusal(fault.Error, fault.Next);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Refusal(ApiHandler.ErrorOf(e, tool.Name, parts.Log), null);
        }
    }

    private static void RefuseUnknown(Tool tool, IEnumerable<string> names)
    {
        var known = tool.InputSchema.GetProperty("properties");
        foreach (var name in names)
        {
            if (known.TryGetProperty(name, out _)) continue;
            throw ToolFault.Invalid(
                $"{tool.Name} has no argument '{PlainText.Clip(name, 100)}'; it has: {string.Join(", ", known.EnumerateObject().Select(p => p.Name))}.");
        }
    }

    private static CallToolResult Result(JsonObject answer) => new() { Content = [new TextContentBlock { Text = ToolJson.Text(answer) }] };

    private static CallToolResult Refusal(Error error, string? next)
    {
        var text = ToolJson.Shrink(width => new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = error.Code, ["message"] = PlainText.Clip(error.Message, width) },
            ["next"] = next ?? NextSteps.After(error),
        });
        var result = Result(text);
        result.IsError = true;
        return result;
    }

    private static List<Tool> Read()
    {
        using var file = typeof(McpTools).Assembly.GetManifestResourceStream("mcp/tools.json")!;
        return JsonSerializer.Deserialize<List<Tool>>(file, McpJsonUtilities.DefaultOptions)!;
    }
}
