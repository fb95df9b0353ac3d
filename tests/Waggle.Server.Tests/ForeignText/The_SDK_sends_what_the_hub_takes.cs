using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.ForeignText;

/// <summary>A worker of the SDK before a real hub: text of every shape and length arrives, cut or divided where the hub has a limit, and nothing vanishes.</summary>
public sealed class The_SDK_sends_what_the_hub_takes
{
    private const string Half = "a\ud83d";

    [Fact]
    public async Task Messages_lines_and_errors_longer_than_the_hub_takes()
    {
        var rejected = new List<string>();
        var emoji = string.Concat(Enumerable.Repeat("😀", 12_345));
        await using var hub = await TestHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url });
        await using var observer = client.ObserveAsync(["task.#"]);
        var seen = CollectAsync(observer);
        var options = new WaggleWorkerOptions { Url = hub.Server.Url, AgentId = "bee", OnReportRejected = (_, _, _, code) => rejected.Add(code) };
        await using var worker = await WaggleWorker.StartAsync(options, async (work, _) =>
        {
            await work.ReportProgressAsync(0.5, emoji);
            await work.LogAsync(emoji);
            await work.LogAsync(Half + "\0\u202e");
            throw new TaskFailedException(new string('C', 500), emoji, retryable: false);
        });
        var id = (await client.CreateTaskAsync(new TaskSpec { Title = Half, MaxAttempts = 1 })).Id;
        var done = await client.WaitForCompletionAsync(id).WaitAsync(Eventually.Patience);
        Assert.Equal(("a\ufffd", TaskState.Failed), (done.Spec.Title, done.State));
        Assert.Equal((Limits.MaxErrorCodeLength, Limits.MaxTextLength - 1), (done.Error!.Code.Length, done.Error.Message.Length));
        var (message, lines) = await Eventually.Get(seen, "the progress and the lines");
        Assert.Equal(emoji[..9998] + "…", message);
        Assert.Equal([emoji[..10_000], emoji[10_000..20_000], emoji[20_000..], "a\ufffd\0\u202e"], lines);
        Assert.Empty(rejected);
    }

    [Fact]
    public async Task Every_value_as_input_and_as_result()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url });
        await using var worker = await WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = hub.Server.Url, AgentId = "bee", Slots = 4 }, (work, _) => new(work.Input));
        foreach (var value in ForeignTexts.Values)
        {
            var id = (await client.CreateTaskAsync(new TaskSpec { Title = "t", Input = RawJson.Parse(value.Sent) })).Id;
            var done = await client.WaitForCompletionAsync(id).WaitAsync(Eventually.Patience);
            Assert.Equal((value.Name, value.Read), (value.Name, done.Result.ToString()));
        }
    }

    private static async Task<(string Message, List<string> Lines)> CollectAsync(Observer observer)
    {
        var (message, lines) = ("", new List<string>());
        await foreach (var observation in observer)
        {
            if (observation is not RecordObserved { Record: var record }) continue;
            var data = record.Data.ToElement();
            if (record.Kind == "task_progress") message = data.GetProperty("message").GetString()!;
            if (record.Kind == "task_log") lines.AddRange(data.GetProperty("lines").EnumerateArray().Select(l => l.GetString()!));
            if (message.Length > 0 && lines.Count >= 4) break;
        }

        return (message, lines);
    }
}
