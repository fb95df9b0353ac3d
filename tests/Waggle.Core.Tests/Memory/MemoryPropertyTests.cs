using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Notifications;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Memory;

/// <summary>Random puts, deletions and expiries, with commits that fail and hubs that restart: entries and counters equal those of a dictionary.</summary>
public sealed class MemoryPropertyTests
{
    private const int Sequences = 500;
    private static readonly string?[] Swarms = [null, "default"];

    [Fact]
    public void Entries_and_counters_are_those_of_a_dictionary() => Steps.Check(Sequences, least: 1, most: 60, seeds =>
    {
        var run = new Run(new Gen(seeds[0]));
        foreach (var seed in seeds) run.Step(seed);
        run.Check();
    });

    private sealed class Run(Gen gen)
    {
        private readonly TestHive _hive = new(new HiveOptions { MemoryNamespaceQuota = 60, MemorySwarmQuota = 80, MaxMemoryEntries = 4 });
        private readonly Dictionary<(string? Swarm, string Ns, string Key), (string Value, long Version, DateTimeOffset? Ends)> _model = [];

        public void Step(int seed)
        {
            gen.Reseed(seed);
            switch (gen.Int(0, 9))
            {
                case 0: _hive.Restart(); break;
                case 1: _hive.Advance(TimeSpan.FromSeconds(gen.Int(0, 15))); break;
                case 2: _hive.Now += TimeSpan.FromSeconds(gen.Int(0, 15)); break;
                case 3: Fail(); break;
                case 4 or 5: Delete(); break;
                default: Put(); break;
            }
        }

        public void Check()
        {
            _hive.Advance(TimeSpan.Zero);
            Forget();
            var stored = _hive.Store.Entities().Where(e => e.Kind == "memory").Select(MemoryFeature.Entries.Parse)
                .ToDictionary(e => (e.Swarm, e.Namespace, e.Key), e => (e.Value.ToString(), e.Version, e.ExpiresAt));
            Assert.Equal(_model.OrderBy(m => m.Key.ToString()), stored.OrderBy(m => m.Key.ToString()));
            var counted = _hive.Store.Entities().Where(e => e.Kind == "memory_namespace").Select(MemoryFeature.Namespaces.Parse)
                .ToDictionary(n => (n.Swarm, n.Namespace), n => (n.Entries, n.Bytes));
            var expected = _model.GroupBy(m => (m.Key.Swarm, m.Key.Ns)).ToDictionary(g => g.Key, g => ((long)g.Count(), g.Sum(m => (long)m.Value.Value.Length)));
            Assert.Equal(expected.OrderBy(m => m.Key.ToString()), counted.OrderBy(m => m.Key.ToString()));
            foreach (var swarm in Swarms)
                Assert.Equal(_model.Where(m => m.Key.Swarm == swarm).Sum(m => (long)m.Value.Value.Length), _hive.State.MemoryBytes(swarm));
            var next = _model.Values.Min(v => v.Ends);
            Assert.True(next is null || _hive.State.Timers.DueOf(ExpireMemory.TimerKey) <= next, "An entry would never end.");
        }

        private void Put()
        {
            var (key, command) = MakePut();
            var before = Find(key);
            var decision = _hive.Do(command);
            if (decision.Error is { } error)
            {
                Assert.True(error.Code is ErrorCodes.VersionConflict or ErrorCodes.QuotaExceeded, error.Message);
                if (error.Code == ErrorCodes.VersionConflict) Assert.NotEqual(command.IfVersion, before?.Version ?? 0);
                return;
            }

            Assert.True(command.IfVersion is null || command.IfVersion == (before?.Version ?? 0));
            Assert.Equal(before is null, decision.Value!.Created);
            _model[key] = (command.Value.ToString(), decision.Value.Version, decision.Value.ExpiresAt);
        }

        private void Delete()
        {
            var key = Key();
            var before = Find(key);
            var decision = _hive.Do(new DeleteMemory(key.Ns, key.Key, key.Swarm) { By = TestHive.User });
            Assert.Equal(before is null ? ErrorCodes.NotFound : null, decision.Error?.Code);
            _model.Remove(key);
        }

        // A refused command commits nothing, so the next commit fails in its place.
        private void Fail()
        {
            _hive.Store.FailNextCommit();
            if (_hive.Turn(MakePut().Command, MakePut().Command) is null) return;
            Assert.Null(_hive.Turn(new SendNotification(NotificationLevel.Info, "This commit fails.") { By = TestHive.User }));
        }

        private ((string? Swarm, string Ns, string Key) Key, PutMemory Command) MakePut()
        {
            var key = Key();
            var value = new string('7', gen.Int(1, 30));
            var version = gen.Maybe<long?>(() => gen.Bool() ? 0 : Find(key)?.Version ?? 5, 0.3);
            var ttl = gen.Maybe<TimeSpan?>(() => TimeSpan.FromSeconds(gen.Int(1, 20)), 0.4);
            return (key, new PutMemory(key.Ns, key.Key, RawJson.Parse(value), key.Swarm, version, ttl) { By = TestHive.User });
        }

        private (string? Swarm, string Ns, string Key) Key() => (gen.Pick<string?>(Swarms), gen.Pick("n1", "n2"), gen.Pick("a", "b", "c", "d", "e"));

        private (string Value, long Version, DateTimeOffset? Ends)? Find((string?, string, string) key)
        {
            Forget();
            return _model.TryGetValue(key, out var found) ? found : null;
        }

        private void Forget()
        {
            foreach (var (key, value) in _model.ToArray())
            {
                if (value.Ends <= _hive.Now) _model.Remove(key);
            }
        }
    }
}
