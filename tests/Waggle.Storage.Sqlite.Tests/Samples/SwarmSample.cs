using Waggle.Core.Agents;
using Waggle.Core.Consensus;
using Waggle.Core.Messaging;
using Waggle.Core.Runners;
using Waggle.Core.Topology;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Samples;

/// <summary>
/// The part of a sample that a swarm adds: a star, a proposal that was accepted and one that is open with the first of two ballots, a message that waits for
/// its agent, and an agent whose process a runner started.
/// </summary>
internal static class SwarmSample
{
    public static readonly TimeSpan Deadline = TimeSpan.FromDays(30);

    public static async Task AddAsync(SampleHive sample)
    {
        await sample.AskAsync(new DeclareAgent("second", "Second", "coder", "bees", new Dictionary<string, double>()) { By = sample.Operator });
        await sample.AskAsync(new SetTopology("bees", new TopologySpec { Kind = TopologyKind.Star, Leads = ["second"] }, "one speaks for all") { By = sample.Operator });
        await sample.AskAsync(new OpenProposal(Proposal("accepted")) { By = sample.Operator });
        await VoteAsync(sample, "accepted", "declared", "yes");
        await VoteAsync(sample, "accepted", "second", "yes");
        await sample.AskAsync(new OpenProposal(Proposal("open")) { By = sample.Operator });
        await VoteAsync(sample, "open", "declared", "no");
        await sample.AskAsync(new SendMessage("declared", null, RawJson.Parse("""{"say":"hello"}"""), Ttl: TimeSpan.FromDays(7)) { By = sample.Operator });

        var runner = new Runner();
        await sample.AskAsync(new AttachRunner(runner.Attach, runner) { By = sample.Operator });
        await sample.AskAsync(new SpawnAgents("coder", SwarmId: "bees", Name: "spawned") { By = sample.Operator });
        var start = await runner.Started.Task.WaitAsync(Eventually.Patience);
        await ReportAsync(sample, runner, start, new() { Spawn = start.Spawn, Attempt = start.Attempt, State = ProcessState.Starting, TokenSha256 = new string('a', 64) });
        await ReportAsync(sample, runner, start, new() { Spawn = start.Spawn, Attempt = start.Attempt, State = ProcessState.Started, Pid = 1234 });
    }

    public static Task VoteAsync(SampleHive sample, string proposal, string agent, string choice) =>
        sample.AskAsync(new CastBallot(proposal, [choice]) { By = sample.Operator with { Subject = agent, Agent = agent } });

    private static async Task ReportAsync(SampleHive sample, Runner runner, RunnerStart start, RunnerReport report)
    {
        var go = await sample.AskAsync(new ReportProcess(runner.Attach.Runner, report, runner) { By = sample.Operator });
        Assert.True(go!.Go, $"the runner may start {start.Spawn}");
    }

    private static ProposalSpec Proposal(string id) => new()
    {
        Id = id,
        Question = "Shall we?",
        Swarm = "bees",
        Electorate = [new Elector { Agent = "declared" }, new Elector { Agent = "second" }],
        Rule = VoteRule.Unanimity,
        DeadlineMs = (long)Deadline.TotalMilliseconds,
        CloseEarly = id == "accepted",
    };

    private sealed class Runner : IRunnerLink
    {
        public RunnerAttach Attach { get; } = new()
        {
            Runner = "sample-runner",
            Instance = "sample-instance-0123456789",
            MaxAgents = 2,
            Templates = [new RunnerTemplate { Role = "coder", MaxCount = 2, Capabilities = new Dictionary<string, double> { ["code"] = 0.9 } }],
        };

        public TaskCompletionSource<RunnerStart> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void StartProcess(RunnerStart request) => Started.TrySetResult(request);

        public void StopProcess(RunnerStop request)
        {
        }
    }
}
