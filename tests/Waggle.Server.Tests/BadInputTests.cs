using System.Net.WebSockets;
using System.Text;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests;

public class BadInputTests
{
    private const string Spec = "\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"";

    [Fact]
    public async Task Rubbish_from_one_leaves_the_others_and_their_data_as_they_were()
    {
        await using var hub = await TestHub.StartAsync();
        var good = await hub.ClientAsync();
        var task = (await good.ResultAsync(Spec + "}]")).GetProperty("tasks")[0].Text("id");
        var before = (await good.ResultAsync("\"type\":\"task.list\"")).ToString();
        await good.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");

        var bad = await hub.ClientAsync();
        var dice = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[dice.Next(1, 200)];
            dice.NextBytes(bytes);
            if (i % 2 == 0) await bad.SendAsync(Convert.ToBase64String(bytes));
            else await bad.SendAsync(bytes, WebSocketMessageType.Binary);
        }

        for (var i = 0; i < 300; i++) Assert.Equal(ErrorCodes.MalformedMessage, (await bad.NextAsync("error")).Text("code"));
        await bad.EchoAsync();
        bad.Abort();
        Assert.Equal(before, (await good.ResultAsync("\"type\":\"task.list\"")).ToString());
        Assert.Equal("pending", (await good.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"")).Text("state"));
    }

    [Fact]
    public async Task Binary_where_text_is_due_is_malformed()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        await client.SendAsync(Encoding.UTF8.GetBytes("{\"type\":\"echo\",\"id\":\"1\"}"), WebSocketMessageType.Binary);
        Assert.Equal(ErrorCodes.MalformedMessage, (await client.NextAsync("error")).Text("code"));
        await client.EchoAsync();
    }

    [Fact]
    public async Task A_frame_of_a_MiB_is_taken_and_a_byte_more_is_too_large()
    {
        await using var hub = await TestHub.StartAsync();
        var other = await hub.ClientAsync();
        var client = await hub.ClientAsync();
        var frame = Frame(Limits.MaxMessageBytes);
        await client.SendAsync(frame);
        Assert.Equal("big", (await client.NextAsync("reply")).Text("id"));

        await client.SendAsync(Frame(Limits.MaxMessageBytes + 1));
        Assert.Equal(ErrorCodes.TooLarge, (await client.NextAsync("error")).Text("code"));
        Assert.Equal(CloseCodes.MessageTooBig, (await client.NextAsync("bye")).Number("code"));
        Assert.Equal(CloseCodes.MessageTooBig, (await client.Closed).Code);
        await other.EchoAsync();

        static string Frame(int bytes)
        {
            const string Start = "{\"type\":\"echo\",\"id\":\"big\",\"payload\":\"", End = "\"}";
            return Start + new string('x', bytes - Start.Length - End.Length) + End;
        }
    }

    [Fact]
    public async Task A_frame_without_an_end_is_told_too_and_its_sender_hears_it()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var sending = Task.Run(async () =>
        {
            try
            {
                while (client.IsOpen) await client.SendAsync(new byte[100_000], WebSocketMessageType.Text, end: false);
            }
            catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or InvalidOperationException or TimeoutException)
            {
                // The hub had enough.
            }
        });
        Assert.Equal(ErrorCodes.TooLarge, (await client.NextAsync("error")).Text("code"));
        Assert.Equal(CloseCodes.MessageTooBig, (await client.Closed).Code);
        await sending.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_ends_the_connection_and_no_other()
    {
        await using var hub = await TestHub.StartAsync();
        var other = await hub.ClientAsync();
        var client = await hub.ClientAsync();
        await client.SendAsync([0x22, 0xff, 0xfe, 0x22], WebSocketMessageType.Text);

        // The framework sends 1007 and aborts; the reset may overtake the close.
        var (code, _) = await client.Closed;
        Assert.True(code is CloseCodes.InvalidText or 1006, $"{code}");
        await other.EchoAsync();
    }

    [Fact]
    public async Task Nesting_without_end_is_refused()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        await client.SendAsync(new string('[', 500_000));
        Assert.Equal(ErrorCodes.MalformedMessage, (await client.NextAsync("error")).Text("code"));
        var deep = new string('[', 400_000) + new string(']', 400_000);
        Assert.Equal(ErrorCodes.InvalidRequest, await client.ErrorAsync($"\"type\":\"echo\",\"payload\":{deep}"));
        await client.EchoAsync();
    }

    [Fact]
    public async Task Input_as_deep_as_allowed_goes_to_the_worker_and_back()
    {
        await using var hub = await TestHub.StartAsync();
        var deep = new string('[', 60) + new string(']', 60);
        var client = await hub.ClientAsync();
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.#\"]");
        await client.ResultAsync($"{Spec},\"input\":{deep}}}]");
        var worker = await hub.WorkerAsync("w1");
        var assign = await worker.NextAsync("assign");
        Assert.Equal(deep, assign.GetProperty("spec").GetProperty("input").GetRawText());
        await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":{deep}");
        Assert.Equal(deep, (await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{assign.Text("task")}\"")).GetProperty("result").GetRawText());
        await hub.RestartAsync();
        client = await hub.ClientAsync();
        Assert.Equal(deep, (await client.ResultAsync($"\"type\":\"task.show\",\"task\":\"{assign.Text("task")}\"")).GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task Without_an_id_only_errors_are_answered()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        await client.SendAsync("""[{"type":"echo","payload":1},{"type":"publish","topic":"app.x","data":{}},{"type":"swarm.list"},{"type":"task.list"},{"type":"subscribe","topics":["app.y"]}]""");
        await client.SendAsync("""{"type":"swarm.show","swarm":"nowhere"}""");
        Assert.Equal(ErrorCodes.NotFound, (await client.NextAsync()).Text("code"));
        await client.EchoAsync();
    }
}
