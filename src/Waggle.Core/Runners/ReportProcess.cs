using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>A runner's report about one of its processes. Reports may be repeated; one about an earlier process changes nothing.</summary>
public sealed record ReportProcess(string Runner, RunnerReport Report, IRunnerLink Link) : Command<ProcessGo>
{
    public override string Right => Permissions.WorkRunners;

    public override Error? Malformed() => RunnerRules.Problem(Report);

    public override Decision<ProcessGo> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OnRunners.Runner(Runner) is not { } runner || !ReferenceEquals(runner.Link, Link)) return NotAttached(Runner);

        // A spawn that ended meanwhile is no longer in memory.
        if (view.OnRunners.Spawn(Report.Spawn) is not { EndedAt: null } spawn || spawn.Runner != Runner) return Answer(go: false);
        var isPresent = spawn.HasProcess && Report.Attempt == spawn.Attempt;
        switch (Report.State)
        {
            case ProcessState.Starting when spawn.State == SpawnState.Starting && isPresent:
                return Answer(go: true, new SpawnTokenSet(spawn.Id, Report.TokenSha256!));
            case ProcessState.Starting when spawn.State == SpawnState.Requested && Report.Attempt == spawn.Attempt + 1 && !runner.Leaving:
                return Answer(go: true, Starting(spawn), new SpawnTokenSet(spawn.Id, Report.TokenSha256!));
            case ProcessState.Started when isPresent && Report.Pid is { } pid:
                return Answer(go: true, new SpawnPidKnown(spawn.Id, pid));
            case ProcessState.Exited when isPresent:
            case ProcessState.NotStarted when isPresent || (spawn.State == SpawnState.Requested && Report.Attempt == spawn.Attempt + 1):
                var records = new List<RecordData>();
                SpawnEnding.End(spawn, view, context, EndOf(Report), mayRestart: !runner.Leaving, records);
                return Answer(go: false, [.. records]);
            default:
                return Answer(go: false);
        }
    }

    internal static Effect NotAttached(string runner) =>
        Decision.Reject(ErrorCodes.InvalidState, $"This connection is not that of the attached runner '{runner}': it sends runner.attach first.");

    private static ProcessEnd EndOf(RunnerReport report) => report switch
    {
        { State: ProcessState.NotStarted, ProgramMissing: true } => new(FailureReason.ProgramMissing, Message: report.Message),
        { State: ProcessState.NotStarted } => new(FailureReason.StartFailed, Message: report.Message),
        { Signal: { } signal } => new(FailureReason.Signal, Signal: signal, Message: report.Message),
        { ExitCode: 0 } => new(null, ExitCode: 0),
        _ => new(FailureReason.ExitCode, ExitCode: report.ExitCode, Message: report.Message),
    };

    private static SpawnStarting Starting(SpawnEntity spawn) => new()
    {
        Spawn = spawn.Id,
        Agent = spawn.Agent,
        Name = spawn.Name,
        Swarm = spawn.Swarm,
        Role = spawn.Role,
        Runner = spawn.Runner,
        Attempt = spawn.Attempt + 1,
    };

    private static Decision<ProcessGo> Answer(bool go, params RecordData[] records) => Decision.Of(new ProcessGo(go), records);
}
