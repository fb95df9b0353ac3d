using Waggle.Core.Runners;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Runners;

/// <summary>
/// Random requests, starts, hellos, ends, stops, losses of the runner and restarts of the hub: the hub and a runner that obeys it agree, and every agent gets to
/// an end or to a running process.
/// </summary>
public sealed class RunnerPropertyTests
{
    private const int Sequences = 300;

    [Fact]
    public void Hub_and_runner_agree_and_nothing_hangs() => Steps.Check(Sequences, least: 1, most: 60, seeds =>
    {
        var run = new Run(new Gen(seeds[0]));
        foreach (var seed in seeds) run.Step(seed);
        run.Check();
    });

    private sealed class Run
    {
        private readonly Gen _gen;
        private readonly TestHive _hive = new();
        private readonly HashSet<ProcessRef> _alive = [];
        private FakeRunner _runner;
        private bool _attached;
        private int _seen;
        private int _stopped;

        public Run(Gen gen)
        {
            _gen = gen;
            _runner = new FakeRunner(_hive);
            Attach();
        }

        public void Step(int seed)
        {
            _gen.Reseed(seed);
            switch (_gen.Int(0, 9))
            {
                case 0: Restart(); break;
                case 1: _hive.Advance(TimeSpan.FromSeconds(_gen.Int(0, 20))); break;
                case 2: Detach(); break;
                case 3: Attach(); break;
                case 4: Replace(); break;
                case 5: Stop(); break;
                case 6 or 7: End(); break;
                default: _hive.Turn(new SpawnAgents("coder", Count: _gen.Int(1, 3)) { By = TestHive.User }); break;
            }

            Obey();
            Compare();
        }

        public void Check()
        {
            Attach();
            Obey();

            // A process that says hello stays, so in the end each agent runs, is stopped or has failed.
            for (var i = 0; i < 20; i++)
            {
                _hive.Advance(TimeSpan.FromSeconds(10));
                Obey(alwaysGreets: true);
                foreach (var spawn in Open().Where(s => s.State == SpawnState.Running)) Greet(new(spawn.Id, spawn.Attempt), spawn.Agent);
            }

            Compare();
            Assert.All(Open(), s => Assert.Equal(SpawnState.Running, s.State));
            Assert.Equal(Open().Count, _alive.Count);
        }

        // The runner does what it was asked since the last time.
        private void Obey(bool alwaysGreets = false)
        {
            while (_attached && (_seen < _runner.Starts.Count || _stopped < _runner.Stops.Count))
            {
                if (_stopped < _runner.Stops.Count)
                {
                    var stop = _runner.Stops[_stopped++];
                    if (_alive.Remove(new(stop.Spawn, stop.Attempt))) _runner.Exited(new(stop.Spawn, stop.Attempt), signal: 15);
                    continue;
                }

                var start = _runner.Starts[_seen++];
                var process = new ProcessRef(start.Spawn, start.Attempt);
                if (_alive.Contains(process) || !_runner.Starting(process)) continue;
                _alive.Add(process);
                if (alwaysGreets || _gen.Int(0, 3) > 0) Greet(process, start.Agent);
            }
        }

        private void Greet(ProcessRef process, string agent) => Assert.Null(_hive.Do(_runner.Hello(process, agent)).Error);

        private void Attach()
        {
            if (_attached) return;
            (_attached, _seen, _stopped) = (true, _runner.Starts.Count, _runner.Stops.Count);
            foreach (var unknown in _runner.Attach(null, [.. _alive]).Stop) _alive.Remove(unknown);
        }

        private void Detach()
        {
            if (_attached) _runner.Detach();
            _attached = false;
        }

        // The runner's process was killed, and its processes with it.
        private void Replace()
        {
            Detach();
            _alive.Clear();
            _runner = new FakeRunner(_hive);
            Attach();
        }

        private void Restart()
        {
            _hive.Restart();
            _attached = false;
        }

        private void Stop()
        {
            if (Open() is { Count: > 0 } open) _hive.StopAgent(open[_gen.Int(0, open.Count - 1)].Agent);
        }

        private void End()
        {
            if (!_attached || _alive.Count == 0) return;
            var process = _alive.OrderBy(p => p.Spawn, StringComparer.Ordinal).ElementAt(_gen.Int(0, _alive.Count - 1));
            _alive.Remove(process);
            _runner.Exited(process, code: _gen.Int(0, 1));
        }

        private List<SpawnEntity> Open() => [.. _hive.State.OnRunners.SpawnsOn("r1")];

        private void Compare()
        {
            var open = Open();
            var view = _hive.State.OnRunners;
            Assert.Equal(open.Count, view.CountOn("r1"));
            Assert.Equal(open.Count, view.CountOn("r1", "coder"));
            Assert.Equal(open.Count, view.CountOf(TestHive.User.User));
            Assert.InRange(open.Count, 0, 3);
            foreach (var spawn in open)
            {
                Assert.Equal(spawn.Id, view.SpawnOf(spawn.Agent)?.Id);
                if (spawn.State is SpawnState.Requested or SpawnState.Starting or SpawnState.BackingOff && _attached)
                    Assert.NotNull(_hive.State.Timers.DueOf(spawn.Key));
            }

            if (_attached) Assert.Equal(open.Where(s => s.HasProcess).Select(s => new ProcessRef(s.Id, s.Attempt)).ToHashSet(), _alive);
        }
    }
}
