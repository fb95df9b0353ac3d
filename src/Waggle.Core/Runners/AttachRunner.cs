using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>
/// Attaches a runner: its templates are offered from now on. A process that the hub expects and the runner does not name has ended with the runner's earlier
/// process; one that the hub does not expect is to be ended.
/// </summary>
public sealed record AttachRunner(RunnerAttach Announced, IRunnerLink Link) : Command<RunnerAttached>
{
    // A dead connection shows itself within this time.
    private const long RetryAfterMs = 5_000;

    public override string Right => Permissions.WorkRunners;

    public override Error? Malformed() => RunnerRules.Problem(Announced);

    public override Decision<RunnerAttached> Decide(IHiveView view, in DecisionContext context)
    {
        var (runners, id) = (view.OnRunners, Announced.Runner);
        if (runners.Runner(id) is { Link: { } other } there && !ReferenceEquals(other, Link) && there.Instance != Announced.Instance)
            return Decision.Reject(ErrorCodes.AlreadyExists, $"Another process is attached as runner '{id}': choose another id.", RetryAfterMs);

        // The runner's requests and processes are its user's: another one must not receive or end them.
        if (!By.IsUnlimited && runners.SpawnsOn(id).Any(s => (s.RunnerUser ?? By.User) != By.User || !By.Reaches(s.Swarm)))
            return Decision.Reject(ErrorCodes.AlreadyExists, $"Runner '{id}' has agents that '{By.User}' may not take over: choose another id.", RetryAfterMs);
        if (runners.Runner(id) is null && runners.Runners.Count() >= Limits.MaxRunners)
            return Decision.Reject(ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxRunners} runners, as many as it may.");
        var named = (Announced.Processes ?? []).ToHashSet();
        var records = new List<RecordData>();
        foreach (var spawn in runners.SpawnsOn(id))
        {
            // A runner names a request, too, that it has and whose start is not reported yet.
            var isNamed = named.Remove(new(spawn.Id, spawn.HasProcess ? spawn.Attempt : spawn.Attempt + 1));
            if (!spawn.HasProcess || isNamed) continue;
            var end = new ProcessEnd(FailureReason.RunnerLost, Message: "The runner's process ended, and this one with it.");
            SpawnEnding.End(spawn, view, context, end, mayRestart: true, records);
        }

        var presence = new RunnerPresence(id, Link, Announced.Instance, Announced.MaxAgents, Announced.Templates, By.User, By.Swarms, context.Now);
        records.Add(new RunnerPresent(presence));
        records.Add(SpawnViews.Status(presence, runners));
        return Decision.Of(new RunnerAttached(id, [.. named]), records);
    }
}

/// <summary>The connection of a runner ended. Its processes go on for the time that it has to attach again.</summary>
public sealed record DetachRunner(string Runner, IRunnerLink Link) : Command<NoResult>
{
    public override string Right => Permissions.WorkRunners;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OnRunners.Runner(Runner) is not { } runner || !ReferenceEquals(runner.Link, Link)) return Decision.Nothing;
        if (runner.Leaving && view.OnRunners.CountOn(Runner) == 0)
            return Decision.OfRecords(new RunnerGone(Runner), SpawnViews.Status(runner with { Link = null }, view.OnRunners, "left"));
        var away = runner with { Link = null, SilentSince = context.Now };
        return Decision.OfRecords(new RunnerPresent(away), SpawnViews.Status(away, view.OnRunners, "not connected"));
    }
}

/// <summary>A runner ends in order: it gets no more requests, and its agents stop.</summary>
public sealed record LeaveRunner(string Runner, IRunnerLink Link) : Command<NoResult>
{
    public override string Right => Permissions.WorkRunners;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OnRunners.Runner(Runner) is not { } runner || !ReferenceEquals(runner.Link, Link)) return ReportProcess.NotAttached(Runner);
        var records = new List<RecordData> { new RunnerPresent(runner with { Leaving = true }) };
        foreach (var spawn in view.OnRunners.SpawnsOn(Runner)) SpawnEnding.Stop(spawn, view, context, By.Subject, "The runner stops.", records);
        return Decision.OfRecords(records);
    }
}

/// <summary>A runner was not connected for too long: its agents have failed.</summary>
internal sealed record RunnerTimer(string Runner) : Command<NoResult>
{
    public override string Right => Permissions.WriteRunners;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OnRunners.Runner(Runner) is not { Link: null } runner || context.Now - runner.SilentSince < context.Options.RunnerLostAfter)
            return Decision.Nothing;
        var records = new List<RecordData>();
        var away = (long)(context.Now - runner.SilentSince).TotalSeconds;
        var end = new ProcessEnd(FailureReason.RunnerLost, Message: $"Runner '{Runner}' was away for {away} s.");
        foreach (var spawn in view.OnRunners.SpawnsOn(Runner)) SpawnEnding.End(spawn, view, context, end, mayRestart: false, records);
        records.Add(new RunnerGone(Runner));
        records.Add(SpawnViews.Status(runner, view.OnRunners, "lost") with { Agents = 0 });
        return Decision.OfRecords(records);
    }
}
