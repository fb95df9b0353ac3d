using Waggle.Client;

var url = new Uri(Environment.GetEnvironmentVariable("WAGGLE_URL") ?? "http://127.0.0.1:3000");
var handlers = new TaskHandlers().Handle("count", async (Text text, TaskWork work, CancellationToken cancel) =>
{
    await work.ReportProgressAsync(0.5, "counting");
    return new Count(text.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
});
await using var worker = await WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = url, AgentId = "counter", Slots = 4 }, handlers);
Console.WriteLine($"{worker.AgentId} is connected");
await worker.Completion;

internal sealed record Text(string Value);

internal sealed record Count(int Words);
