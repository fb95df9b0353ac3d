using System.Text;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Results that no message can carry, through the SDK and a real hub with tokens.</summary>
public sealed class SdkResultTests
{
    [Fact]
    public async Task A_result_longer_than_a_message_is_uploaded_and_read_as_a_stream()
    {
        var text = $"\"{new string('b', 3_000_000)}\"";
        await using var hub = await AuthHub.StartAsync();
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, text);
        var done = await DoneAsync(client);
        Assert.Equal((TaskState.Completed, text.Length), (done.State, done.ResultRef?.Bytes ?? 0));
        await using var stream = await client.GetResultAsync(done.Id);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        Assert.Equal(text, await reader.ReadToEndAsync());
        Assert.Equal("NOT_FOUND", (await Assert.ThrowsAsync<WaggleException>(() => client.GetResultAsync("none"))).Code);
    }

    [Fact]
    public async Task One_longer_than_the_hub_takes_fails_its_task_with_the_limit_named()
    {
        await using var hub = await AuthHub.StartAsync(o => o with { Hive = o.Hive with { MaxBlobBytes = 2_000_000 } });
        await using var client = await ClientAsync(hub);
        await using var worker = await WorkerAsync(hub, $"\"{new string('b', 3_000_000)}\"");
        var done = await DoneAsync(client);
        Assert.Equal((TaskState.Failed, "RESULT_REJECTED"), (done.State, done.Error?.Code));
        Assert.Contains("2000000", done.Error!.Message.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task<TaskView> DoneAsync(WaggleClient client) =>
        await client.WaitForCompletionAsync((await client.CreateTaskAsync(new TaskSpec { Title = "long" })).Id).WaitAsync(Eventually.Patience);

    private static Task<WaggleClient> ClientAsync(AuthHub hub) => WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });

    private static Task<WaggleWorker> WorkerAsync(AuthHub hub, string result) => WaggleWorker.StartAsync(
        new WaggleWorkerOptions { Url = hub.Server.Url, Token = hub.Admin, AgentId = "bee" }, (_, _) => new(RawJson.Parse(result)));
}
