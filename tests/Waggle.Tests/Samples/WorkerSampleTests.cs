using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Samples;

public sealed class WorkerSampleTests
{
    [Fact]
    public async Task The_worker_in_ten_lines_counts_the_words_of_a_task()
    {
        // Documented commands of other tests use the name of its agent, too.
        await using var hub = new HubFixture();
        await using var worker = SampleProcess.Project("Worker", await hub.UrlAsync());
        await worker.Output.WaitAsync("counter is connected");
        var done = await RunAsync(hub, "count", """{"value":"the way of the bees"}""");
        Assert.Equal((TaskState.Completed, """{"words":5}"""), (done.State, done.Result.ToString()));
    }

    [Fact]
    public void It_has_about_ten_lines()
    {
        var lines = File.ReadAllLines(Path.Combine(Checkout.Root, "samples", "Worker", "Program.cs"));
        Assert.InRange(lines.Count(l => l.Length > 0 && l is not ("{" or "});")), 8, 12);
    }

    private static async Task<TaskView> RunAsync(HubFixture hub, string type, string input)
    {
        var client = await hub.ClientAsync();
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "of a sample", Type = type, Input = RawJson.Parse(input), MaxAttempts = 1 });
        return await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience);
    }
}
