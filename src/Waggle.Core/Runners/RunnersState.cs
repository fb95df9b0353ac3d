using System.Security.Cryptography;
using System.Text;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>The runners, and the agents whose processes they start. The deadlines of processes are in memory: a new owner gives each a full period.</summary>
internal sealed class RunnersState : FeatureState, IRunnersView, ISpawnView
{
    /// <summary>The kind of the timers of runners, which are no entities.</summary>
    private const string RunnerKind = "runner";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);

    private readonly HiveContext _hive;
    private readonly EntityTable<SpawnEntity> _table;
    private readonly SpawnTable _spawns;
    private readonly RunnerTable _runners = new();
    private readonly Dictionary<string, DateTimeOffset> _deadlines = new(StringComparer.Ordinal);
    private readonly RunnerMetrics _metrics;

    public RunnersState(HiveContext hive)
    {
        _hive = hive;
        _metrics = RunnerMetrics.Of(hive.Metrics);
        _table = hive.Table(RunnerFeature.Spawns);
        _spawns = new SpawnTable(_table);
        hive.Timer(SpawnEntity.Entity.Name, id => new SpawnTimer(id) { By = hive.Hub });
        hive.Timer(RunnerKind, id => new RunnerTimer(id) { By = hive.Hub });
        hive.On<SpawnRequested>((r, offset, at) => Begin(SpawnEvolver.Request(r, offset, at), at));
        hive.On<SpawnRecord>(Evolve);
        hive.On<AgentFailed>(Fail);
        hive.On<SpawnTokenSet>((r, _, _) => _spawns.Put(_spawns[r.Spawn]! with { TokenSha256 = r.Sha256 }));
        hive.On<SpawnPidKnown>((r, _, _) => _spawns.Put(_spawns[r.Spawn]! with { Pid = r.Pid }));
        hive.On<RunnerPresent>((r, _, _) => Attach(r.Runner));
        hive.On<RunnerGone>((r, _, _) => Remove(r.Runner));
        hive.On<AgentRemoved>((r, _, _) => Stop(r));
        hive.Commands.After<AttachAgent>(Greeted);
        hive.Views.Add<IRunnersView>(this, static (whole, _, by) => new ReachableRunners(whole, by));
        hive.Views.Add<ISpawnView>(this, static (whole, _, _) => whole);
    }

    public IEnumerable<RunnerPresence> Runners => _runners.All;

    public override bool AwaitsReports => _deadlines.Count > 0 || _runners.All.Any(r => r.Link is null);

    public RunnerPresence? Runner(string id) => _runners[id];

    public SpawnEntity? Spawn(string id) => _spawns[id];

    public SpawnEntity? SpawnOf(string agent) => _spawns.OfAgent(agent);

    public IEnumerable<SpawnEntity> SpawnsOn(string runner) => _spawns.On(runner);

    public IEnumerable<SpawnEntity> SpawnsOf(string role, string swarm) => _spawns.Of(role, swarm);

    public int CountOn(string runner, string? role = null) => _spawns.CountOn(runner, role);

    public int CountOf(string user) => _spawns.CountOf(user);

    public (int Count, DateTimeOffset? Until) Recent(string user, DateTimeOffset now) => _spawns.Recent(user, now);

    public DateTimeOffset? DeadlineOf(string spawn) => _deadlines.TryGetValue(spawn, out var at) ? at : null;

    public SpawnedAgent? Spawned(string agent) => _spawns.OfAgent(agent) is { HasProcess: true } spawn
        ? new(spawn.Name, spawn.AgentType, spawn.Swarm, spawn.Capabilities, spawn.Slots)
        : null;

    public Error? HelloProblem(string agent, string? token)
    {
        if (_spawns.OfAgent(agent) is not { } spawn)
        {
            return token is null
                ? null
                : new(ErrorCodes.InvalidState, $"No runner starts agent '{PlainText.Clip(agent, 40)}' any more: it was stopped, or failed.");
        }

        if (token is null)
            return new(ErrorCodes.AgentInUse, $"A runner starts agent '{agent}': its process says hello with the spawn token that it was given.");
        if (spawn.State is not (SpawnState.Starting or SpawnState.Running))
            return new(ErrorCodes.InvalidState, $"The process of agent '{agent}' is {SnakeCase.Of(spawn.State)}.");
        return IsToken(spawn, token) ? null : new(ErrorCodes.Forbidden, $"The spawn token is not that of the present process of agent '{agent}'.");
    }

    // Each runner gets a full period to attach again, and each process one to say hello.
    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var spawn in _table.Open)
        {
            _spawns.Index(spawn);
            Arm(spawn, now);
        }

        foreach (var runner in _spawns.Runners.ToArray())
        {
            if (_runners[runner] is null) _runners.Put(new(runner, null, null, 0, [], null, null, now));
        }

        foreach (var runner in _runners.All) Arm(runner);
        _runners.EndBatch();
    }

    public override void EndBatch() => _runners.EndBatch();

    public override void Report(in TurnReport turn) => _metrics.Report(turn, _runners.OnlineCount, _spawns.Count);

    public override void GrantFullPeriod(DateTimeOffset now)
    {
        _runners.GrantFullPeriod(now);
        foreach (var runner in _runners.All) Arm(runner);
        foreach (var spawn in _deadlines.Keys.ToArray()) Arm(_spawns[spawn]!, now);
    }

    public override void Reset()
    {
        _spawns.Clear();
        _deadlines.Clear();
        _runners.Reset();
    }

    public override void Abandon(Command command, DateTimeOffset now)
    {
        if (command is not DetachRunner detach) return;
        _runners.Detach(detach.Runner, detach.Link, now);
        if (_runners[detach.Runner] is { } runner) Arm(runner);
    }

    private static bool IsToken(SpawnEntity spawn, string token) => spawn.TokenSha256 is { } hash
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(AgentSecret.HashOf(token)));

    private void Begin(SpawnEntity spawn, DateTimeOffset at)
    {
        _spawns.Requested(spawn);
        Arm(spawn, at);
        Send(spawn);
    }

    private void Evolve(SpawnRecord record, long offset, DateTimeOffset at)
    {
        if (record is SpawnRequested || _spawns[record.Spawn] is not { } before) return;
        var spawn = SpawnEvolver.Evolve(before, record, at);
        _spawns.Put(spawn);
        Arm(spawn, at);
        if (record is SpawnStopping) SendStop(spawn);
        else if (record is SpawnRestarting) Send(spawn);
    }

    private void Fail(AgentFailed failed, long offset, DateTimeOffset at)
    {
        if (failed.Spawn is not { } id)
        {
            // Its worker is silent and its process may still be there. It is ended, and then treated like any other end.
            if (_spawns.OfAgent(failed.Agent) is { State: SpawnState.Running } silent)
                _hive.Reactions.Enqueue(new EndSilent(silent.Id, failed.Reason) { By = _hive.Hub });
            return;
        }

        if (_spawns[id] is not { } before) return;
        var spawn = SpawnEvolver.Fail(before, failed, at);
        _spawns.Put(spawn);
        Arm(spawn, at);
    }

    private void Attach(RunnerPresence runner)
    {
        var isNew = !ReferenceEquals(_runners[runner.Id]?.Link, runner.Link);
        _runners.Put(runner);
        Arm(runner);
        if (!isNew || runner.Link is null) return;
        foreach (var spawn in _spawns.On(runner.Id).ToArray())
        {
            if (spawn.State == SpawnState.Stopping) SendStop(spawn);
            if (spawn.State != SpawnState.Requested) continue;
            Arm(spawn, _hive.Now);
            Send(spawn);
        }
    }

    private void Remove(string runner)
    {
        _runners.Remove(runner);
        _hive.Timers.Set(new(RunnerKind, runner), null);
    }

    // Who removes an agent wants its process to end.
    private void Stop(AgentRemoved removed)
    {
        if (_spawns.OfAgent(removed.Agent) is { EndedAt: null } spawn)
            _hive.Reactions.Enqueue(new EndSpawn(spawn.Id, removed.RemovedBy, removed.Reason) { By = _hive.Hub });
    }

    private void Greeted(AttachAgent command, Decision decision)
    {
        if (decision.Error is null && _spawns.OfAgent(command.AgentId) is { State: SpawnState.Starting } spawn)
            _hive.Reactions.Enqueue(new MarkSpawned(spawn.Id) { By = _hive.Hub });
    }

    /// <summary>Asks the runner to start the process of a spawn.</summary>
    private void Send(SpawnEntity spawn)
    {
        if (_runners[spawn.Runner]?.Link is not { } link) return;
        var request = SpawnViews.StartOf(spawn);
        _hive.Messages.Add(() => link.StartProcess(request));
    }

    private void SendStop(SpawnEntity spawn)
    {
        if (_runners[spawn.Runner]?.Link is not { } link) return;
        var request = SpawnViews.StopOf(spawn);
        _hive.Messages.Add(() => link.StopProcess(request));
    }

    // A spawn whose restart is due has a deadline like a new one: SpawnTimer sends the request.
    private void Arm(SpawnEntity spawn, DateTimeOffset now)
    {
        DateTimeOffset? deadline = spawn.State switch
        {
            SpawnState.Requested => now + AnswerWithin,
            SpawnState.Starting => now + spawn.Terms.HelloTimeout,
            _ => null,
        };
        if (deadline is { } at) _deadlines[spawn.Id] = at;
        else _deadlines.Remove(spawn.Id);
        _hive.Timers.Set(spawn.Key, deadline ?? (spawn.State == SpawnState.BackingOff ? spawn.NextStartAt : null));
    }

    private void Arm(RunnerPresence runner) =>
        _hive.Timers.Set(new(RunnerKind, runner.Id), runner.Link is null ? runner.SilentSince + _hive.Options.RunnerLostAfter : null);
}
