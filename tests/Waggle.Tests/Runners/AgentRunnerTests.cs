using Waggle.Client;
using Waggle.Exec;
using Waggle.Protocol.Messages;
using Waggle.Runners;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Runners;

/// <summary>A runner against a hub that answers late, or not at all.</summary>
public sealed class AgentRunnerTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ScriptedHub _hub = ScriptedHub.Start();
    private readonly OrphanGuard _guard = OrphanGuard.Start(null);
    private readonly WorkerJournal _journal = new(_ => { });
    private AgentRunner? _runner;

    public async ValueTask DisposeAsync()
    {
        if (_runner is not null) await _runner.DisposeAsync();
        await _hub.DisposeAsync();
        await _guard.DisposeAsync();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_start_that_the_hub_does_not_answer_keeps_no_runner_from_its_end()
    {
        var session = await StartAsync("true");
        await session.SendAsync(Start("s1"));
        await session.NextAsync<RunnerReport>(r => r.State == ProcessState.Starting);
        using var insist = new CancellationTokenSource();
        await insist.CancelAsync();

        await _runner!.StopAsync(insist.Token).WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task A_missing_program_that_the_hub_does_not_hear_of_keeps_no_runner_from_its_end()
    {
        var session = await StartAsync("no-such-program");
        await session.SendAsync(Start("s1"));
        await session.NextAsync<RunnerReport>(r => r.State == ProcessState.NotStarted);
        session.Abort();
        await _hub.NextSessionAsync();
        using var insist = new CancellationTokenSource();
        await insist.CancelAsync();

        await _runner!.StopAsync(insist.Token).WaitAsync(Eventually.Patience);
        Assert.False(_runner.Failed.IsFaulted);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_after_a_reconnect_is_not_refused_at_the_limit()
    {
        var first = await StartAsync("true");
        await first.SendAsync(Start("s1"));
        await first.NextAsync<RunnerReport>(r => r.State == ProcessState.Starting);
        first.Abort();
        var second = await _hub.NextSessionAsync();
        Assert.Equal([new ProcessRef("s1", 1)], await AttachedAsync(second));
        await second.SendAsync(Start("s1"), Start("s2"));
        await second.NextAsync<RunnerReport>(r => r is { Spawn: "s2", State: ProcessState.NotStarted });

        Assert.DoesNotContain(second.Messages.OfType<RunnerReport>(), r => r is { Spawn: "s1", State: not ProcessState.Starting });
    }

    [Fact]
    public async Task A_start_that_fails_for_any_reason_is_reported()
    {
        var session = await StartAsync("true", () => throw new InvalidOperationException("There is no key."));
        await session.SendAsync(Start("s1"));
        var report = await session.NextAsync<RunnerReport>();

        Assert.Equal(("s1", 1, ProcessState.NotStarted, "There is no key."), (report.Spawn, report.Attempt, report.State, report.Message));
    }

    [Fact]
    public async Task A_stop_of_a_process_that_the_runner_does_not_have_is_answered()
    {
        var session = await StartAsync("true");
        await session.SendAsync(new RunnerStop { Spawn = "s1", Attempt = 3, Reason = "done" });
        var report = await session.NextAsync<RunnerReport>();

        Assert.Equal(("s1", 3, ProcessState.NotStarted), (report.Spawn, report.Attempt, report.State));
    }

    [Fact]
    public async Task A_process_that_has_ended_takes_no_room_although_the_hub_has_not_acknowledged_its_end()
    {
        var session = await StartAsync("true");
        await session.SendAsync(Start("s1"));
        var starting = await session.NextAsync<RunnerReport>(r => r.State == ProcessState.Starting);
        await session.ReplyAsync(starting, new ProcessGo(true), HubJson.Default.ProcessGo);
        var started = await session.NextAsync<RunnerReport>(r => r.State == ProcessState.Started);
        await session.ReplyAsync(started, new ProcessGo(true), HubJson.Default.ProcessGo);
        await session.NextAsync<RunnerReport>(r => r.State == ProcessState.Exited);
        await session.SendAsync(Start("s2"));

        Assert.Equal(ProcessState.Starting, (await session.NextAsync<RunnerReport>(r => r.Spawn == "s2")).State);
    }

    private static RunnerStart Start(string spawn) => new()
    {
        Spawn = spawn,
        Attempt = 1,
        Role = "coder",
        Agent = $"agent-{spawn}",
        Name = $"agent-{spawn}",
        AgentType = "coder",
        Swarm = "default",
        Capabilities = new Dictionary<string, double>(StringComparer.Ordinal),
        Slots = 1,
    };

    private static async Task<IReadOnlyList<ProcessRef>> AttachedAsync(HubSession session)
    {
        var attach = await session.NextAsync<RunnerAttach>();
        await session.ReplyAsync(attach, new RunnerAttached(attach.Runner, []), HubJson.Default.RunnerAttached);
        return attach.Processes ?? [];
    }

    /// <summary>Starts a runner with room for one agent, and attaches it.</summary>
    private async Task<HubSession> StartAsync(string program, Func<string?>? token = null)
    {
        var path = _folder.File("t.json");
        await File.WriteAllTextAsync(path, $$"""{"templates": {"coder": {"command": ["{{program}}"], "max_count": 1, "pass_token": true} } }""");
        _runner = new AgentRunner(RunnerFile.Read(path), _hub.Url, _ => token?.Invoke(), _guard, _journal);
        var starting = _runner.StartAsync(new WaggleClientOptions { Url = _hub.Url }, CancellationToken.None);
        var session = await _hub.NextSessionAsync();
        await AttachedAsync(session);
        await starting;
        return session;
    }
}
