using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat;

/// <summary>
/// One task, observed in every dialect at once: each reports the same steps of the same task in the same order, as far as it has messages for them.
/// </summary>
public sealed partial class SameStoryTests
{
    private const string Title = "Count the words";

    [Fact]
    public async Task A_task_that_fails_once_is_the_same_story_in_every_dialect()
    {
        await using var hub = await TestHub.StartAsync(o => Teller.Names.Aggregate(o, (options, name) => Teller.Of(name).Opened(options)));
        var native = await hub.ClientAsync();
        await native.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.#\"]");
        using var hive = await Teller.Of("orchestrator-hub").ConnectAsync(hub.Server);
        using var cloud = await Teller.Of("cloud-agents").ConnectAsync(hub.Server);
        using var zen = await Teller.Of("claude-zen").ConnectAsync(hub.Server);
        using var flow = await Teller.Of("claude-flow").ConnectAsync(hub.Server);
        var worker = await hub.WorkerAsync("ann", more: ",\"name\":\"Ann\"");
        var task = (await native.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"{Title}\"}}]")).GetProperty("tasks")[0].Text("id")!;
        var first = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.start\",{first}");
        await worker.ResultAsync($"\"type\":\"task.fail\",{first},\"error\":{{\"code\":\"BROKEN\",\"message\":\"It broke.\"}},\"retry_after_ms\":1");
        var second = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.start\",{second}");
        await worker.ResultAsync($"\"type\":\"task.progress\",{second},\"progress\":0.5,\"message\":\"half way\"");
        await worker.ResultAsync($"\"type\":\"task.complete\",{second},\"result\":{{\"words\":312}}");

        string[] story =
        [
            $"created {task}", $"assigned {task} to ann", $"started {task} by ann, attempt 1", $"failed {task} by ann, attempt 1, BROKEN, tried again", $"{task} waits again",
            $"assigned {task} to ann", $"started {task} by ann, attempt 2", $"progress {task} by ann, 0.5, half way", $"completed {task} by ann, {{\"words\":312}}",
        ];
        Assert.Equal(story, await HearAsync(native, NativeStep, "completed"));

        // This dialect reports a task that waits again as a status, like every other step.
        var told = await HearAsync(hive, HiveStep, "Completed");
        Assert.Equal(story.Where(s => !s.EndsWith("waits again", StringComparison.Ordinal)), told.Where(s => s.Contains(task, StringComparison.Ordinal)));
        Assert.Equal(["Assigned", "InProgress", "Pending", "Pending", "Assigned", "InProgress", "Completed"], told.Where(s => !s.Contains(task, StringComparison.Ordinal)));

        // This dialect has messages for agents and for the end of tasks, by names and titles. It has none for assignments and waiting tasks.
        Assert.Equal(
            ["Ann is idle", $"Ann works on {Title}, 0", "Ann is idle", $"Ann works on {Title}, 0", $"Ann works on {Title}, 50", "Ann is idle", $"success: Task '{Title}' completed."],
            await HearAsync(cloud, CloudStep, "success"));

        // These dialects name neither attempts nor, in most messages, the agent. claude-zen has no message for a task that fails and is tried again.
        string[] plain = [.. story.Where(s => !s.EndsWith("waits again", StringComparison.Ordinal)).Select(s => s.Replace(" by ann", "", StringComparison.Ordinal)).Select(s => Attempt().Replace(s, ""))];
        Assert.Equal(plain, await HearAsync(flow, FlowStep, "completed"));
        Assert.Equal(plain.Where(s => !s.StartsWith("failed", StringComparison.Ordinal)), await HearAsync(zen, ZenStep, "completed"));
    }

    private static async Task<List<string>> HearAsync(RawClient client, Func<JsonElement, string?> step, string last)
    {
        var story = new List<string>();
        while (story.Count == 0 || !story[^1].StartsWith(last, StringComparison.Ordinal))
        {
            if (step(await client.NextAsync()) is { } told) story.Add(told);
        }

        return story;
    }

    private static string? NativeStep(JsonElement message)
    {
        if (!message.Is("record")) return null;
        var data = message.GetProperty("data");
        var task = data.Text("task");
        return message.Text("kind") switch
        {
            "task_created" => $"created {task}",
            "task_assigned" => $"assigned {task} to {data.Text("agent")}",
            "task_started" => $"started {task} by {data.Text("agent")}, attempt {data.Number("attempt")}",
            "task_retry_scheduled" => $"failed {task} by {data.GetProperty("ended").Text("agent")}, attempt {data.GetProperty("ended").Number("attempt")}, {data.GetProperty("ended").GetProperty("error").Text("code")}, tried again",
            "task_requeued" => $"{task} waits again",
            "task_progress" => $"progress {task} by {data.Text("agent")}, {Number(data)}, {data.Text("message")}",
            "task_completed" => $"completed {task} by {data.GetProperty("ended").Text("agent")}, {data.GetProperty("result").GetRawText()}",
            var other => other,
        };
    }

    private static string? HiveStep(JsonElement message)
    {
        var data = message.GetProperty("data");
        return message.Text("type") switch
        {
            "task_created" => $"created {data.GetProperty("task").Text("id")}",
            "task_status_update" => data.GetProperty("task").Text("status"),
            "task_assigned" => $"assigned {data.Text("task_id")} to {data.Text("agent_id")}",
            "task_started" => $"started {data.Text("task_id")} by {data.Text("agent_id")}, attempt {data.Number("attempt_number")}",
            "task_failed" => $"failed {data.Text("task_id")} by {data.Text("agent_id")}, attempt {data.Number("attempt_number")}, {data.GetProperty("error").Text("code")}, {(data.GetProperty("retry_scheduled").GetBoolean() ? "tried again" : "for good")}",
            "task_progress" => $"progress {data.Text("task_id")} by {data.Text("agent_id")}, {Number(data)}, {data.Text("current_step")}",
            "task_completed" => $"completed {data.Text("task_id")} by {data.Text("agent_id")}, {data.GetProperty("result").GetRawText()}",
            _ => null,
        };
    }

    private static string? CloudStep(JsonElement message) => message.Text("type") switch
    {
        "notification" when message.GetProperty("data") is var data => $"{data.Text("level")}: {data.Text("message")}",
        "agent_status" when message.GetProperty("data") is var data => data.TryGetProperty("currentTask", out var title) ? $"{data.Text("agentName")} works on {title}, {Number(data)}" : $"{data.Text("agentName")} is {data.Text("state")}",
        _ => null,
    };

    private static string? ZenStep(JsonElement message)
    {
        if (!message.TryGetProperty("data", out var data)) return null;
        return message.Text("type") switch
        {
            "task:created" => $"created {data.Text("id")}",
            "task:updated" when data.Text("status") == "in_progress" && !data.TryGetProperty("progress", out _) => $"started {data.Text("id")}",
            "task_assigned" => $"assigned {data.Text("taskId")} to {data.Text("assignedTo")}",
            "task_progress" => $"progress {data.Text("taskId")}, {Number(data)}, {data.Text("message")}",
            "task_completed" => $"completed {data.Text("taskId")}, {data.GetProperty("output").GetRawText()}",
            _ => null,
        };
    }

    private static string? FlowStep(JsonElement message)
    {
        if (!message.Is("event")) return null;
        var data = message.GetProperty("data");
        var task = data.Text("taskId");
        return message.Text("topic") switch
        {
            "task.created" => $"created {task}",
            "task.assigned" => $"assigned {task} to {data.Text("agentId")}",
            "task.progress" when data.GetProperty("progress").GetDouble() == 0 => $"started {task}",
            "task.progress" => $"progress {task}, {(data.GetProperty("progress").GetDouble() / 100).ToString(CultureInfo.InvariantCulture)}, {data.Text("message")}",
            "task.error" when data.GetProperty("error") is var error => $"failed {task}, {error.Text("code")}, {(error.GetProperty("recoverable").GetBoolean() ? "tried again" : "for good")}",
            "task.completed" => $"completed {task}, {data.GetProperty("result").GetRawText()}",
            _ => null,
        };
    }

    [GeneratedRegex(", attempt [0-9]+")]
    private static partial Regex Attempt();

    private static string Number(JsonElement data) => data.GetProperty("progress").GetDouble().ToString(CultureInfo.InvariantCulture);
}
