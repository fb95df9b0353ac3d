using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Cli;

/// <summary>The commands that show and control, as text and as JSON.</summary>
public sealed class CommandTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Swarms_are_made_listed_and_shown()
    {
        var made = (await hub.RunAsync("swarm", "create", "Writers", "--id", "writers", "--json")).Json;
        Assert.Equal("writers", made.GetProperty("id").GetString());
        var list = await hub.RunAsync("swarm", "list");
        Assert.Matches("(?m)^ID +NAME +STATE +TOPOLOGY +AGENTS +OPEN TASKS +CREATED +AGE$", list.Output);
        Assert.Matches("(?m)^writers +Writers +active +mesh +0 +none +20", list.Output);
        Assert.DoesNotContain('\u001b', list.Output);
        Assert.Contains((await hub.RunAsync("swarm", "list", "--json")).Json.GetProperty("swarms").EnumerateArray(), s => s.GetProperty("id").GetString() == "writers");
        Assert.Matches("(?m)^name: +Writers$", (await hub.RunAsync("swarm", "show", "writers")).Output);
        var again = await hub.RunAsync("swarm", "create", "Writers", "--id", "writers");
        Assert.Equal((1, ""), (again.ExitCode, again.Output));
        Assert.Contains("ALREADY_EXISTS", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_are_listed_shown_drained_and_removed()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await hub.StartAsync("worker", "--swarm", swarm, "--name", $"agent-{swarm}", "--capability", "code:0.5", "--exec", "true");
        await worker.Output.WaitAsync("connected");
        Assert.Matches($"(?m)^agent-{swarm} +agent-{swarm} +{swarm} +online +[0-9]+s +[0-9]+s ago +0/1 +0 +0 +0 +code:0.5$", (await hub.RunAsync("agent", "list", "--swarm", swarm)).Output);
        Assert.Single((await hub.RunAsync("agent", "list", "--swarm", swarm, "--json")).Json.GetProperty("agents").EnumerateArray());
        Assert.Equal("online", (await hub.RunAsync("agent", "show", $"agent-{swarm}", "--json")).Json.GetProperty("status").GetString());
        Assert.Matches("(?m)^status: +draining$", (await hub.RunAsync("agent", "drain", $"agent-{swarm}")).Output);
        Assert.Matches("(?m)^status: +removed$", (await hub.RunAsync("agent", "remove", $"agent-{swarm}", "--reason", "enough")).Output);
        var gone = await hub.RunAsync("agent", "show", $"agent-{swarm}");
        Assert.Equal(1, gone.ExitCode);
        Assert.Equal($"waggle: There is no agent 'agent-{swarm}'. Run 'waggle agent list' to see the agents. (NOT_FOUND)", gone.Error);
    }

    [Fact]
    public async Task A_task_is_created_with_everything_that_can_be_said_of_it()
    {
        var swarm = await hub.NewSwarmAsync();
        await File.WriteAllTextAsync(_folder.File("input.json"), "{\"from\":\"file\"}");
        var first = (await hub.RunAsync("task", "create", "First", "--swarm", swarm, "--prompt", "write \"it\"", "--json")).Json.GetProperty("id").GetString()!;
        string[] wish =
        [
            "task", "create", "Second", "--swarm", swarm, "--input", $"@{_folder.File("input.json")}", "--type", "text", "--requires", "code:0.5", "--requires", "review", "--priority", "1",
            "--depends-on", first, "--join", "all_ended", "--assign-to", "somebody", "--parent", first, "--idempotency-key", "key", "--metadata", "a=1=2", "--metadata", "b=", "--lease-ms", "5000",
            "--max-attempts", "7", "--poison-losses", "4", "--backoff-base-ms", "10", "--backoff-cap-ms", "20", "--schedule-to-start-ms", "100000", "--start-to-close-ms", "200000",
            "--schedule-to-close-ms", "300000", "--cancel-grace-ms", "400",
            "--concurrency", "repo:7:3", "--fairness", "user:42:2.5", "--rate", "api:100:60000", "--singleton", "nightly", "--return-existing",
        ];
        var created = await hub.RunAsync(wish);
        Assert.Matches("^t.* blocked, 0 agents could take it$", created.Output);
        var shown = (await hub.RunAsync("task", "show", created.Output.Split(' ')[0], "--json")).Json;
        Assert.Equal(
            $$$"""{"title":"Second","type":"text","input":{"from":"file"},"swarm":"{{{swarm}}}","requires":{"code":0.5,"review":0},"priority":1,"depends_on":["{{{first}}}"],"join":"all_ended","assign_to":"somebody","parent":"{{{first}}}","idempotency_key":"key","metadata":{"a":"1=2","b":""},"lease_ms":5000,"max_attempts":7,"poison_losses":4,"backoff_base_ms":10,"backoff_cap_ms":20,"schedule_to_start_ms":100000,"start_to_close_ms":200000,"schedule_to_close_ms":300000,"cancel_grace_ms":400,"concurrency":{"key":"repo:7","limit":3},"fairness":{"key":"user:42","weight":2.5},"rate":{"key":"api","limit":100,"per_ms":60000},"singleton":{"key":"nightly","on_conflict":"return_existing"}}""",
            shown.GetProperty("spec").GetRawText());
        Assert.Contains("it exists already", (await hub.RunAsync(wish)).Output, StringComparison.Ordinal);
        Assert.Equal("write \"it\"", (await (await hub.ClientAsync()).ShowTaskAsync(first)).Input().GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task Input_comes_from_standard_input_too()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var creating = CliProcess.Start(await hub.UrlAsync(), ["task", "create", "t", "--swarm", swarm, "--input", "-"], input: "[1,2,3]");
        var id = (await creating.EndAsync()).Output.Split(' ')[0];
        Assert.Equal("[1,2,3]", (await (await hub.ClientAsync()).ShowTaskAsync(id)).Spec.Input.ToString());
    }

    [Fact]
    public async Task Tasks_are_listed_and_filtered()
    {
        var swarm = await hub.NewSwarmAsync();
        var client = await hub.ClientAsync();
        for (var i = 1; i <= 3; i++) await client.CreateTaskAsync(new TaskSpec { Title = $"task {i}", Swarm = swarm });
        var two = await hub.RunAsync("task", "list", "--swarm", swarm, "--limit", "2");
        Assert.Equal(["task 3", "task 2"], two.Output.Split('\n')[1..].Select(line => line[^6..]));
        Assert.Equal("There are more tasks: use --all or a larger --limit.", two.Error);
        var all = (await hub.RunAsync("task", "list", "--swarm", swarm, "--all", "--json")).Json;
        Assert.Equal(3, all.GetProperty("tasks").GetArrayLength());
        Assert.False(all.GetProperty("more").GetBoolean());
        Assert.Equal(0, (await hub.RunAsync("task", "list", "--swarm", swarm, "--state", "running", "--state", "completed", "--json")).Json.GetProperty("tasks").GetArrayLength());
        Assert.EndsWith("task 2", (await hub.RunAsync("task", "list", "--where", $"state:pending swarm:{swarm} task 2")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await hub.RunAsync("task", "list", "--where", "state:pending", "--swarm", swarm, "--state", "running", "--json")).Json.GetProperty("tasks").GetArrayLength());
        var wrong = await hub.RunAsync("task", "list", "--where", "colour:red");
        Assert.Contains("--where: There is no key 'colour'.", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_is_steered_and_says_why_it_waits()
    {
        var swarm = await hub.NewSwarmAsync();
        var id = (await (await hub.ClientAsync()).CreateTaskAsync(new TaskSpec { Title = "waits\u001b[31m", Swarm = swarm, Requires = new Dictionary<string, double> { ["magic"] = 0.9 } })).Id;
        var shown = await hub.RunAsync("task", "show", id);
        Assert.Matches("(?m)^waiting because: .+", shown.Output);
        Assert.DoesNotContain('\u001b', shown.Output);
        Assert.Equal($"{id} pending", (await hub.RunAsync("task", "priority", id, "1")).Output);
        Assert.Equal("cancelled", (await hub.RunAsync("task", "cancel", id, "--reason", "changed my mind", "--json")).Json.GetProperty("state").GetString());
        Assert.Matches("(?m)^cancelled: +changed my mind by ", (await hub.RunAsync("task", "show", id)).Output);
        var retried = (await hub.RunAsync("task", "retry", id)).Output.Split(' ')[0];
        Assert.Equal(id, (await (await hub.ClientAsync()).ShowTaskAsync(retried)).RetryOf);
        var refused = await hub.RunAsync("task", "priority", id, "9");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("INVALID_REQUEST", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempts_are_shown_with_their_errors_and_why_they_were_there()
    {
        var task = await hub.ShellAsync("echo half way; echo broken >&2; exit 9");
        var shown = (await hub.RunAsync("task", "show", task.Id)).Output;
        Assert.Contains("failed (dead letter)", shown, StringComparison.Ordinal);
        Assert.Matches("(?m)^attempt 1: failed by shell after .* \\(chosen of 1: ", shown);
        Assert.Matches("(?m)^counts: +1 attempt, 1 failure, 0 losses, 0 refusals$", shown);
        Assert.Contains("error: EXIT_9: broken", shown, StringComparison.Ordinal);
        Assert.Contains("| half way", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_gives_progress_on_the_side_and_the_result_as_output()
    {
        await hub.ShellAsync("true");
        var ended = await hub.RunAsync("task", "create", "t", "--swarm", "shell", "--prompt", "echo log line; sleep 0.3; echo '{\"answer\":42}'", "--wait");
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("{\"answer\":42}", ended.Output);
        Assert.Contains("completed", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("log line", ended.Error, StringComparison.Ordinal);
        var json = await hub.RunAsync("task", "create", "t", "--swarm", "shell", "--prompt", "echo yes", "--wait", "--json");
        Assert.Equal("yes", json.Json.GetProperty("result").GetString());
    }

    [Fact]
    public async Task A_text_as_result_is_printed_raw_when_asked()
    {
        await hub.ShellAsync("true");
        string[] wish = ["task", "create", "t", "--swarm", "shell", "--prompt", "printf 'two \"words\"\\nand more\\n'", "--wait"];
        Assert.Equal("\"two \\\"words\\\"\\nand more\"", (await hub.RunAsync(wish)).Output);
        Assert.Equal("two \"words\"\nand more", (await hub.RunAsync([.. wish, "-r"])).Output);
        var id = await hub.BeginShellAsync("echo '{\"a\":1}'");
        await (await hub.ClientAsync()).WaitForCompletionAsync(id);
        Assert.Equal("{\"a\":1}", (await hub.RunAsync("task", "result", id, "--raw")).Output);
        Assert.Equal("waggle: --raw requires --wait.", (await hub.RunAsync("task", "create", "t", "--raw")).Error);
    }

    [Fact]
    public async Task A_task_without_a_result_says_so()
    {
        var waits = (await (await hub.ClientAsync()).CreateTaskAsync(new TaskSpec { Title = "t", Swarm = await hub.NewSwarmAsync() })).Id;
        var none = await hub.RunAsync("task", "result", waits);
        Assert.Equal((1, "", $"waggle: Task {waits} has no result: it is pending."), (none.ExitCode, none.Output, none.Error));
    }

    [Fact]
    public async Task A_prompt_comes_from_a_file_from_standard_input_or_as_it_is()
    {
        var swarm = await hub.NewSwarmAsync();
        await File.WriteAllTextAsync(_folder.File("prompt.txt"), "Fix \"it\",\nplease: é\n");
        Assert.Equal("Fix \"it\",\nplease: é\n", await PromptAsync($"@{_folder.File("prompt.txt")}"));
        Assert.Equal("from the pipe\n", await PromptAsync("-", input: "from the pipe\n"));
        Assert.Equal("@ann, look at this", await PromptAsync("@@ann, look at this"));
        await File.WriteAllBytesAsync(_folder.File("binary"), [0x61, 0xff, 0x62]);
        Assert.Contains("is not UTF-8 text", (await hub.RunAsync("task", "create", "t", "--swarm", swarm, "--prompt", $"@{_folder.File("binary")}")).Error, StringComparison.Ordinal);
        Assert.Contains("of --prompt cannot be read", (await hub.RunAsync("task", "create", "t", "--swarm", swarm, "--prompt", "@nowhere.txt")).Error, StringComparison.Ordinal);

        async Task<string?> PromptAsync(string prompt, string? input = null)
        {
            await using var creating = CliProcess.Start(await hub.UrlAsync(), ["task", "create", "t", "--swarm", swarm, "--prompt", prompt], input);
            var id = (await creating.EndAsync()).Output.Split(' ')[0];
            return (await (await hub.ClientAsync()).ShowTaskAsync(id)).Input().GetProperty("prompt").GetString();
        }
    }

    [Fact]
    public async Task Waiting_for_what_fails_is_exit_code_1()
    {
        await hub.ShellAsync("true");
        var ended = await hub.RunAsync("task", "create", "t", "--swarm", "shell", "--prompt", "echo why >&2; exit 65", "--wait");
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("", ended.Output);
        Assert.EndsWith("ended as failed: EXIT_65: why", ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.Split('\n'), l => l.Contains("EXIT_65", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_for_a_task_that_no_agent_can_take_prints_the_reason()
    {
        await using var waiting = await hub.StartAsync("task", "create", "t", "--swarm", await hub.NewSwarmAsync(), "--requires", "flying:0.5", "--wait");
        await waiting.Error.WaitAsync("it waits: Swarm '");
        waiting.Signal(CliProcess.Interrupt);
        Assert.Equal(130, (await waiting.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Who_stops_waiting_is_told_that_the_task_goes_on()
    {
        await using var waiting = await hub.StartAsync("task", "create", "t", "--swarm", await hub.NewSwarmAsync(), "--wait");
        await waiting.Error.WaitAsync("pending");
        waiting.Signal(CliProcess.Interrupt);
        var ended = await waiting.EndAsync();
        Assert.Equal(130, ended.ExitCode);
        Assert.Contains("the task continues", ended.Error, StringComparison.Ordinal);
    }
}

internal static class TaskViewInput
{
    public static JsonElement Input(this TaskView task) => task.Spec.Input.ToElement();
}
