using System.Text.Json;
using System.Text.RegularExpressions;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>The checks of results on the command line: <c>waggle task create --verify-…</c>, and the person of docs/verification.md.</summary>
public sealed class VerifyTests(HubFixture hub)
{
    [Theory]
    [InlineData("yes", "completed", "passed")]
    [InlineData("no", "failed", "failed")]
    public async Task A_person_reviews_a_result_through_a_worker_that_asks(string answer, string state, string verification)
    {
        var swarm = await hub.NewSwarmAsync();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("ask.sh"), OfThePage());
        await using var author = await WorkerAsync(swarm, "author", "--type", "write", "--exec", "echo '{\"notes\":3}'");
        await using var desk = await WorkerAsync(swarm, "desk", "--type", "approve", "--exec", $"sh {folder.File("ask.sh")}");
        var task = await CreateAsync(swarm, "--verify-review", "approve", "--max-attempts", "1");

        JsonElement questions = default;
        await Eventually.Async(
            async () => (questions = (await hub.RunAsync("question", "list", "--swarm", swarm, "--json")).Json.GetProperty("questions")).GetArrayLength() == 1,
            "the question");
        Assert.Equal("Release: is {'notes': 3} right?", questions[0].GetProperty("text").GetString());
        Assert.Equal("verifying", (await TaskAsync(task)).GetProperty("state").GetString());
        Assert.Equal(0, (await hub.RunAsync("question", "answer", questions[0].GetProperty("id").GetString()!, answer)).ExitCode);

        await Eventually.Async(async () => (await TaskAsync(task)).GetProperty("state").GetString() == state, $"the task is {state}");
        Assert.Equal(verification, (await TaskAsync(task)).GetProperty("verification").GetString());
    }

    [Fact]
    public async Task A_result_that_its_schema_refuses_fails()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var author = await WorkerAsync(swarm, "author", "--type", "write", "--exec", "echo '{\"notes\":\"three\"}'");
        var task = await CreateAsync(
            swarm, "--verify-schema", "{\"properties\":{\"notes\":{\"type\":\"integer\"}}}", "--verify-deadline-ms", "60000", "--max-attempts", "1");
        await Eventually.Async(async () => (await TaskAsync(task)).GetProperty("state").GetString() == "failed", "the failure");
        Assert.Equal("VERIFICATION_FAILED", (await TaskAsync(task)).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_agent_shows_what_the_hub_learned_from_a_result_that_was_refuted()
    {
        var swarm = await hub.NewSwarmAsync();
        var name = $"{swarm}-writer";
        await using var author = await WorkerAsync(swarm, "writer", "--capability", "write:0.9", "--exec", "echo '{\"notes\":\"three\"}'");
        Assert.DoesNotContain("learned", (await hub.RunAsync("agent", "show", name)).Output, StringComparison.Ordinal);
        var task = await CreateAsync(
            swarm, "--requires", "write:0.5", "--verify-schema", "{\"properties\":{\"notes\":{\"type\":\"integer\"}}}", "--max-attempts", "1");
        await Eventually.Async(async () => (await TaskAsync(task)).GetProperty("state").GetString() == "failed", "the failure");

        Assert.Matches(
            "(?m)^learned write: +0.6 \\(0.1[0-9]* to 0.9[0-9]*\\), declared 0.9; 1 outcomes, 1 checked, evidence 1$", (await hub.RunAsync("agent", "show", name)).Output);
        var learned = (await hub.RunAsync("agent", "show", name, "--json")).Json.GetProperty("proficiency").GetProperty("write");
        Assert.Equal((0.9, 0.6, 1), (learned.GetProperty("declared").GetDouble(), learned.GetProperty("mean").GetDouble(), learned.GetProperty("checked").GetInt32()));
    }

    [Theory]
    [InlineData("--verify-requires requires --verify-review", "--verify-requires", "code:0.5")]
    [InlineData("--verify-deadline-ms requires --verify-schema or --verify-review", "--verify-deadline-ms", "1000")]
    [InlineData("The value of --verify-schema is not JSON", "--verify-schema", "{")]
    public async Task Checks_that_make_no_sense_are_refused(string why, params string[] options)
    {
        var ended = await CliProcess.RunAsync("http://127.0.0.1:1", ["task", "create", "Release", .. options]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
    }

    private static string OfThePage() =>
        Regex.Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs", "verification.md")), "```sh\n(.*?)```", RegexOptions.Singleline)
            .Select(block => block.Groups[1].Value).Single(block => block.StartsWith("case ", StringComparison.Ordinal));

    private async Task<CliProcess> WorkerAsync(string swarm, string name, params string[] options)
    {
        var worker = CliProcess.Start(await hub.UrlAsync(), ["worker", "--swarm", swarm, "--name", $"{swarm}-{name}", .. options]);
        await worker.Output.WaitAsync("connected");
        return worker;
    }

    private async Task<string> CreateAsync(string swarm, params string[] options) =>
        (await hub.RunAsync(["task", "create", "Release", "--type", "write", "--swarm", swarm, "--json", .. options])).Json.GetProperty("id").GetString()!;

    private async Task<JsonElement> TaskAsync(string id) => (await hub.RunAsync("task", "show", id, "--json")).Json;
}
