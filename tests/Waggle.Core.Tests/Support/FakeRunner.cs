using Waggle.Core.Agents;
using Waggle.Core.Runners;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Support;

/// <summary>A runner without processes: the test decides how they start and end.</summary>
internal sealed class FakeRunner(TestHive hive, string id = "r1", Principal? by = null) : IRunnerLink
{
    private readonly string _instance = $"the instance of {id}, random {Guid.NewGuid():N}";

    private readonly Principal _by = by ?? TestHive.User;

    public List<RunnerStart> Starts { get; } = [];

    public List<RunnerStop> Stops { get; } = [];

    public static RunnerTemplate Template(string role = "coder", Func<RunnerTemplate, RunnerTemplate>? with = null) => (with ?? (t => t))(new RunnerTemplate
    {
        Role = role,
        Capabilities = new Dictionary<string, double>(StringComparer.Ordinal) { ["code"] = 0.9, ["review"] = 0.5 },
        Slots = 2,
        MaxCount = 3,
    });

    public static string TokenOf(ProcessRef process) => $"the token of {process.Spawn} and {process.Attempt}";

    public void StartProcess(RunnerStart request) => Starts.Add(request);

    public void StopProcess(RunnerStop request) => Stops.Add(request);

    public AttachRunner AttachCommand(IReadOnlyList<RunnerTemplate>? templates = null, params ProcessRef[] processes) =>
        new(new RunnerAttach { Runner = id, Instance = _instance, MaxAgents = 5, Templates = templates ?? [Template()], Processes = processes }, this) { By = _by };

    public RunnerAttached Attach(IReadOnlyList<RunnerTemplate>? templates = null, params ProcessRef[] processes) => hive.Ok(AttachCommand(templates, processes));

    public void Detach() => hive.Do(new DetachRunner(id, this) { By = _by });

    public void Leave() => hive.Do(new LeaveRunner(id, this) { By = _by });

    public bool Report(RunnerReport report) => hive.Ok(ReportCommand(report)).Go;

    public ReportProcess ReportCommand(RunnerReport report) => new(id, report, this) { By = _by };

    public bool Starting(ProcessRef process) => Report(new RunnerReport
    {
        Spawn = process.Spawn,
        Attempt = process.Attempt,
        State = ProcessState.Starting,
        TokenSha256 = AgentSecret.HashOf(TokenOf(process)),
    });

    public bool Exited(ProcessRef process, int? code = null, int? signal = null) => Report(new RunnerReport
    {
        Spawn = process.Spawn,
        Attempt = process.Attempt,
        State = ProcessState.Exited,
        ExitCode = code,
        Signal = signal,
    });

    /// <summary>Takes the last request: its process starts.</summary>
    public ProcessRef Take()
    {
        var process = new ProcessRef(Starts[^1].Spawn, Starts[^1].Attempt);
        Assert.True(Starting(process));
        return process;
    }

    /// <summary>The process says hello with its token.</summary>
    public AttachAgent Hello(ProcessRef process, string agent, int slots = 2, string? token = null) => new(
        new AgentHello { Secret = $"the secret of {process.Spawn} {process.Attempt}", Slots = slots, SpawnToken = token ?? TokenOf(process) }, agent, new FakeLink())
    { By = TestHive.User };

    /// <summary>Spawns an agent and lets its process say hello.</summary>
    public (SpawnView Spawn, ProcessRef Process) Run(string role = "coder", string? name = null)
    {
        var spawn = hive.Spawn(role, name: name);
        var process = Take();
        hive.Ok(Hello(process, spawn.Agent));
        return (hive.ShowSpawn(spawn.Id), process);
    }
}

internal sealed partial class TestHive
{
    public SpawnView Spawn(string role = "coder", string? name = null) => Ok(new SpawnAgents(role, Name: name) { By = User }).Spawns.Single();

    public SpawnView ShowSpawn(string id) => Ok(new ShowSpawn(id) { By = User });

    public SpawnView StopAgent(string agent) => Ok(new StopAgents(agent) { By = User }).Spawns.Single();
}
