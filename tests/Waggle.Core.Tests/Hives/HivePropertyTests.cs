using System.Globalization;
using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Core.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

/// <summary>
/// Whatever is commanded, in whatever order, with clocks that run, commits that fail and hubs that restart: the rules hold after every turn
/// (<see cref="RecordRules"/>, <see cref="StateRules"/>), and memory, store and log tell the same story (<see cref="Durability"/>).
/// <c>WAGGLE_PROPERTY_RUNS</c> multiplies the number of sequences, <c>WAGGLE_PROPERTY_SEED</c> runs one alone.
/// </summary>
public class HivePropertyTests
{
    private const int Sequences = 1000;
    private const int Turns = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_001)]
    public void The_rules_hold_for_any_sequence_of_commands(int firstSeed)
    {
        if (Setting("WAGGLE_PROPERTY_SEED") is { } only)
        {
            RunShrinking(only);
            return;
        }

        var runs = Sequences * (Setting("WAGGLE_PROPERTY_RUNS") ?? 1);
        Parallel.For(firstSeed, firstSeed + runs, RunShrinking);
    }

    // A failing sequence is cut short: the same dice, fewer turns.
    private static void RunShrinking(int seed)
    {
        try
        {
            Run(seed, Turns);
        }
        catch (Exception first)
        {
            var failure = first;
            var turns = Turns;
            for (var fewer = 1; fewer < Turns; fewer++)
            {
                try
                {
                    Run(seed, fewer);
                }
                catch (Exception e)
                {
                    (failure, turns) = (e, fewer);
                    break;
                }
            }

            Assert.Fail($"WAGGLE_PROPERTY_SEED={seed} fails after {turns} turns: {failure}");
        }
    }

    private static void Run(int seed, int turns)
    {
        var gen = new Gen(seed);
        var hive = new TestHive(new HiveOptions { AgentRetention = TimeSpan.FromMinutes(5) }, new Random(seed));
        var commands = new CommandGen(gen, hive);
        for (var turn = 0; turn < turns; turn++)
        {
            Step(gen, hive, commands);
            commands.Learn();
            if (turn == turns / 2) Durability.Check(hive);
        }

        Durability.Check(hive);
    }

    private static void Step(Gen gen, TestHive hive, CommandGen commands)
    {
        switch (gen.Int(0, 99))
        {
            case < 4:
                hive.Store.FailNextCommit(gen.Bool() ? new StoreFullException("full") : null);
                hive.Turn(commands.Next(), commands.Next());
                break;
            case < 6:
                hive.Restart();
                break;
            case < 24:
                hive.Late(TimeSpan.FromMilliseconds(gen.Int(1, 4) switch { 1 => 1, 2 => gen.Int(1, 2_000), 3 => gen.Int(1, 40_000), _ => gen.Int(1, 400_000) }), gen.List(0, 2, commands.Next));
                break;
            case < 28:
                hive.Advance(TimeSpan.FromMilliseconds(gen.Int(1, 60_000)));
                break;
            default:
                hive.Turn(gen.List(1, 4, commands.Next));
                break;
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
