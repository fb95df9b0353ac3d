using System.Text.Json;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat;

/// <summary>
/// The behaviour that the pages and not the documents describe, as it comes over the wire: gaps, slow clients, a missed resume, budgets, drains and expired
/// tokens.
/// </summary>
public sealed class UndocumentedTests
{
    private const int Slots = 30;

    public static TheoryData<string> Dialects => [.. Teller.Names];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Who_reads_too_slowly_is_told_how_much_was_left_out_and_stays(string dialect)
    {
        var teller = Teller.Of(dialect);
        await using var hub = await TestHub.StartAsync(o => teller.Opened(o) with { Outbox = new OutboxLimits { MaxDroppable = 10 } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var native = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("ann", Slots);
        var title = new string('\'', Limits.MaxTitleLength);
        await native.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{string.Join(',', Enumerable.Repeat($"{{\"title\":\"{title}\"}}", Slots))}]");
        var leases = new List<string>();
        while (leases.Count < Slots) leases.Add((await worker.NextAsync("assign")).Lease());
        foreach (var lease in leases) await worker.ResultAsync($"\"type\":\"task.start\",{lease}");

        using var slow = await teller.DeafAsync(hub.Server);
        await Eventually.Async(
            async () =>
            {
                await worker.SendAsync($"[{string.Join(',', leases.Select(l => $"{{\"type\":\"task.progress\",{l},\"progress\":0.5,\"message\":\"{new string('m', 5000)}\"}}"))}]");
                await worker.EchoAsync();
                return await http.FigureAsync("waggle_delivery_dropped_total") > 0;
            },
            "progress is dropped",
            TimeSpan.FromSeconds(60));
        slow.Listen();
        await slow.SendAsync(teller.Ping.Says);
        var (dropped, figure, answered) = (0L, 0d, false);

        // The last rounds may be delivered, and dropped, after the answer.
        do
        {
            var next = await slow.NextAsync();
            answered |= next.Is(teller.Ping.Answer);
            dropped += teller.Gap(next) ?? 0;
            figure = await http.FigureAsync("waggle_delivery_dropped_total");
        }
        while (!answered || dropped < figure);

        Assert.Equal(figure, dropped);
        Assert.True(slow.IsOpen);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Who_cannot_take_what_must_not_be_lost_is_told_so_and_sent_away(string dialect)
    {
        var teller = Teller.Of(dialect);
        await using var hub = await TestHub.StartAsync(o => teller.Opened(o) with { Outbox = new OutboxLimits { MaxKept = 100 } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var native = await hub.ClientAsync();
        using var slow = await teller.DeafAsync(hub.Server);
        await Eventually.Async(
            async () =>
            {
                await native.SendAsync($"[{string.Join(',', Enumerable.Repeat(teller.Durable, 50))}]");
                await native.EchoAsync();
                return await http.FigureAsync("waggle_delivery_slow_consumers_total") > 0;
            },
            "it counts as slow",
            TimeSpan.FromSeconds(60));
        slow.Listen();
        await HearAsync(slow, teller.IsSlow);
        Assert.Equal(CloseCodes.SlowConsumer, (await slow.Closed).Code);
        await native.EchoAsync();
    }

    [Fact]
    public async Task The_others_of_the_orchestrator_hub_hear_of_a_slow_one()
    {
        var teller = Teller.Of("orchestrator-hub");
        await using var hub = await TestHub.StartAsync(o => teller.Opened(o) with { Outbox = new OutboxLimits { MaxDroppable = 10 } });
        using var witness = await teller.ConnectAsync(hub.Server);
        var native = await hub.ClientAsync();
        using var deaf = await RawClient.ConnectAsync(hub.Url, reads: false);
        await deaf.SendAsync("""[{"type":"hello","protocols":["waggle.v1"]},{"type":"subscribe","id":"1","topics":["app.load"]}]""");
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var pad = new string('x', 50_000);
        await Eventually.Async(
            async () =>
            {
                await native.ResultAsync($"\"type\":\"publish\",\"topic\":\"app.load\",\"data\":\"{pad}\"");
                return await http.FigureAsync("waggle_delivery_dropped_total") > 0;
            },
            "it is left behind",
            TimeSpan.FromSeconds(60));
        deaf.Abort();
        var error = (await witness.HearAsync("error_occurred", d => d.Text("component") == "delivery")).GetProperty("error");
        Assert.Equal("SLOW_CONSUMER", error.Text("code"));
        Assert.True(error.GetProperty("details").Number("dropped") > 0);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Who_comes_back_is_shown_how_it_is_and_not_told_again_what_happened(string dialect)
    {
        var teller = Teller.Of(dialect);
        await using var hub = await TestHub.StartAsync(teller.Opened);
        var worker = await hub.WorkerAsync("ann");
        using (var before = await teller.ConnectAsync(hub.Server)) await before.CloseAsync();
        var native = await hub.ClientAsync();
        await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"missed\"}]");
        var lease = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.start\",{lease}");
        await worker.ResultAsync($"\"type\":\"task.complete\",{lease},\"result\":1");

        using var again = await teller.DeafAsync(hub.Server);
        again.Listen();
        var heard = new List<JsonElement>();
        await again.SendAsync(teller.Ping.Says);
        while (heard.Count == 0 || !heard[^1].Is(teller.Ping.Answer)) heard.Add(await again.NextAsync());
        Assert.DoesNotContain(heard, teller.IsCompletion);
        Assert.Equal(teller.ShowsState, heard.Exists(teller.IsState));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Who_says_more_than_his_budget_is_not_read_for_a_while_and_loses_nothing(string dialect)
    {
        var teller = Teller.Of(dialect);
        var time = new FakeTime();
        await using var hub = await TestHub.StartAsync(o => teller.Opened(o) with { Time = time, Connections = new() { Inbound = new() { FramesPerSecond = 10 } } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        using var flood = await teller.ConnectAsync(hub.Server);
        for (var i = 0; i < 100; i++) await flood.SendAsync(teller.Ping.Says);
        await Eventually.Async(async () => await http.FigureAsync("waggle_wire_pauses_total") > 0, "it is not read");
        var answers = AnswersAsync();
        await time.AdvanceUntilAsync(() => answers.IsCompleted, TimeSpan.FromMilliseconds(250), "all are answered");
        await answers;
        Assert.True(flood.IsOpen);

        async Task AnswersAsync()
        {
            for (var i = 0; i < 100; i++) await flood.NextAsync(teller.Ping.Answer);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_stopping_hub_says_when_to_come_back_before_it_closes(string dialect)
    {
        var teller = Teller.Of(dialect);
        await using var hub = await TestHub.StartAsync(teller.Opened);
        using var client = await teller.ConnectAsync(hub.Server);
        await hub.Server.DisposeAsync();
        await HearAsync(client, teller.IsDrain);
        Assert.Equal(teller.DrainCode, (await client.Closed).Code);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task At_the_end_of_a_token_its_client_is_told_so_and_sent_away(string dialect)
    {
        var teller = Teller.Of(dialect);
        var time = new FakeTime();
        await using var hub = await AuthHub.StartAsync(teller.Opened, time);
        using var client = await teller.ConnectAsync(hub.Server, hub.Token("ann", ["admin"], life: TimeSpan.FromSeconds(80)));
        var lapsed = HearAsync(client, teller.IsLapse);
        await time.AdvanceUntilAsync(() => lapsed.IsCompleted, TimeSpan.FromSeconds(1), "the token's end");
        await lapsed;
        Assert.Equal(CloseCodes.TokenExpired, (await client.Closed).Code);
    }

    private static async Task HearAsync(RawClient client, Func<JsonElement, bool> told)
    {
        while (!told(await client.NextAsync()))
        {
        }
    }
}
