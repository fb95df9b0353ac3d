using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Inputs of workflow steps that no assignment can carry, through the SDK and a real hub with tokens.</summary>
public sealed class SdkInputTests
{
    [Theory]
    [InlineData(40_000)]
    [InlineData(300_000)]
    [InlineData(3_000_000)]
    public async Task A_part_of_a_result_of_any_size_is_in_the_input_of_the_next_step(int bytes)
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        var refs = -1;
        await using var worker = await WorkerAsync(hub, work =>
        {
            if (work.Spec.Title == "Make") return $$"""{"name":"x","pad":"{{new string('p', bytes)}}","list":[1,{"two":2}]}""";
            refs = work.InputRefs.Count;
            return work.Input.ToString();
        });
        await client.Workflows.DefineAsync(RawJson.Parse("""
            {"id":"w","output":{"$":"steps.use.output"},"steps":[{"id":"make","task":{"title":"Make"}},
              {"id":"use","depends_on":["make"],"task":{"title":"Use","input":{"name":{"$":"steps.make.output.name"},"two":{"$":"steps.make.output.list[1].two"},"none":{"$":"steps.make.output.none"}}}}]}
            """));
        var ended = await EndAsync(client);

        Assert.Equal((WorkflowRunState.Completed, """{"name":"x","two":2,"none":null}"""), (ended.State, ended.Output.ToString()));
        Assert.Equal(0, refs);
    }

    [Fact]
    public async Task A_whole_result_of_megabytes_is_in_the_input()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, work =>
            work.Spec.Title == "Make" ? $"\"{new string('p', 3_000_000)}\"" : work.Input.ToString().Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await client.Workflows.DefineAsync(RawJson.Parse("""
            {"id":"w","output":{"$":"steps.use.output"},"steps":[{"id":"make","task":{"title":"Make"}},
              {"id":"use","depends_on":["make"],"task":{"title":"Use","input":{"$":"steps.make.output"}}}]}
            """));

        Assert.Equal("3000002", (await EndAsync(client)).Output.ToString());
    }

    private static async Task<WorkflowRunView> EndAsync(WaggleClient client)
    {
        var run = await client.Workflows.StartAsync(new WorkflowStart { Workflow = "w" });
        return await client.Workflows.WaitAsync(run.Id).WaitAsync(Eventually.Patience);
    }

    private static Task<WaggleClient> ClientAsync(AuthHub hub) => WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });

    private static Task<WaggleWorker> WorkerAsync(AuthHub hub, Func<TaskWork, string> result) => WaggleWorker.StartAsync(
        new WaggleWorkerOptions { Url = hub.Server.Url, Token = hub.Admin, AgentId = "bee" }, (work, _) => new(RawJson.Parse(result(work))));
}
