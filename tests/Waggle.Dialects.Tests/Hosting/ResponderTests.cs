using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using static Waggle.Dialects.Tests.Support.EncodedText;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class ResponderTests
{
    private static readonly Outcome Ok = new(null, null, new Position(1, 1));
    private static readonly Error Full = new(ErrorCodes.TooLarge, "full");

    [Fact]
    public async Task Without_a_tag_only_a_failure_is_answered()
    {
        await using var rig = await HostingRig.StartAsync();
        rig.Responder.Answer(new OverviewIntent(null), Ok);
        rig.Responder.Refuse(new OverviewIntent(null), Full);
        rig.Responder.Answer(new OverviewIntent("1"), Ok);
        Assert.Equal("- TOO_LARGE: full", await rig.NextAsync());
        Assert.Equal("1 ok", await rig.NextAsync());
    }

    [Fact]
    public async Task The_outcome_of_a_command_answers_the_intent_that_is_its_tag()
    {
        await using var rig = await HostingRig.StartAsync();
        await rig.Hive.SubmitAsync(new Waggle.Core.Presence.ListPresence { By = HostingRig.Ann }, rig.Responder, new OverviewIntent("7"), CancellationToken.None);
        Assert.Equal("7 PresencePage", await rig.NextAsync());
    }

    [Fact]
    public async Task An_internal_error_names_the_id_of_its_log_entry_and_hides_its_text()
    {
        await using var rig = await HostingRig.StartAsync();
        var error = rig.Responder.Fault("a test", new InvalidOperationException("a secret"));
        var logged = Assert.Single(rig.Faults);
        var id = logged.Split('(')[1].Split(')')[0];
        Assert.Equal(ErrorCodes.Internal, error.Code);
        Assert.Contains($"id {id})", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("a secret", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_of_the_hive_are_sent_in_the_dialects_form()
    {
        await using var rig = await HostingRig.StartAsync();
        var lease = new LeaseRef("t1", 1, 2);
        rig.Responder.Assign(new Assignment(lease, "default", new TaskSpec { Title = "a" }, TimeSpan.FromSeconds(30), null));
        rig.Responder.Cancel(lease, "late", TimeSpan.FromSeconds(5));
        rig.Responder.Stop(lease, "taken");
        rig.Responder.Expiring(At);
        foreach (var expected in new[] { "assign t1", "cancel t1 late 5", "stop t1 taken", "expiring" }) Assert.Equal(expected, await rig.NextAsync());
    }

    [Fact]
    public async Task A_goodbye_has_the_time_after_which_the_client_may_reconnect()
    {
        await using var rig = await HostingRig.StartAsync();
        Assert.Equal(["goodbye 1001 3"], Messages(rig.Responder.Goodbye(1001, "stop", TimeSpan.FromSeconds(3)).Write));
    }

    [Fact]
    public async Task An_answer_that_waits_counts_with_the_size_of_its_payload()
    {
        await using var rig = await HostingRig.StartAsync();
        var record = RecordOf(new Waggle.Core.Apps.AppPublished("app.a", RawJson.Parse("1"))) with { Data = new byte[5000] };
        Assert.Equal(512, rig.Responder.Defer(new OverviewIntent("1"), Ok).Size);
        var result = new SubscribeResult("s1", Recovered: true, [record, record], [record], default);
        Assert.Equal(512 + 15_000, rig.Responder.Defer(new OverviewIntent("1"), Ok with { Value = result }).Size);
    }

    [Fact]
    public async Task An_answer_keeps_the_dialect_that_read_its_request()
    {
        await using var rig = await HostingRig.StartAsync();
        var answer = rig.Responder.Defer(new OverviewIntent("1"), Ok);
        var entry = new DialectEntry("other", 0, () => new PlainDialect { Suffix = " in the other" });
        rig.Dialect.Become(new BecomeIntent(entry) { FirstWords = default }, rig.Credential, []);
        Assert.Equal(["1 ok"], Messages(answer.Write));
        Assert.Equal(["1 ok in the other"], Messages(rig.Responder.Defer(new OverviewIntent("1"), Ok).Write));
    }
}
