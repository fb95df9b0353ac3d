namespace Waggle.Benchmarks.Learning;

/// <summary>The parameters of <c>learning</c>.</summary>
internal sealed record LearningPlan(int Agents, int Capabilities, int Tasks, int Seeds);

/// <summary>The mean probability of success, over all seeds, of the agents that had a range of tasks.</summary>
/// <param name="Observed">The share of these tasks that succeeded.</param>
internal sealed record LearningBlock(int From, int To, double Rate, double Observed);

/// <summary>A way to choose agents, over all tasks.</summary>
/// <param name="Rate">The mean probability of success of the chosen agents.</param>
/// <param name="Regret">The number of successes that the oracle expects beyond it, a seed.</param>
internal sealed record LearningWay(string Way, double Rate, double Regret);

/// <param name="HalfOfGain">The rate of the declared proficiencies, and half of what the oracle has beyond it.</param>
/// <param name="HalfAt">The task with which the mean of the 50 tasks up to it first reached the half; null if it never did.</param>
internal sealed record LearningResult(
    int Seeds, int Tasks, IReadOnlyList<LearningWay> Ways, IReadOnlyList<LearningBlock> Learned, double HalfOfGain, int? HalfAt, double Seconds);

/// <summary>
/// Measures what learning is worth. The hub knows what agents declare and sees which results its checks find right. The chosen agents are compared by their true
/// probabilities, which only the benchmark knows, so that the luck of single tasks does not blur the figures.
/// </summary>
internal sealed class LearningBench(LearningPlan plan, Action<string> say)
{
    private const int Window = 50;

    private readonly double[] _rate = new double[plan.Tasks];
    private readonly double[] _right = new double[plan.Tasks];
    private double _oracle;
    private double _declared;
    private double _roundRobin;

    public async Task<LearningResult> RunAsync(CancellationToken cancel)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var seed = 1; seed <= plan.Seeds; seed++)
        {
            await RunAsync(seed, cancel);
            say($"seed {seed} of {plan.Seeds}: {System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
        }

        var (oracle, declared, learned) = (_oracle / plan.Seeds, _declared / plan.Seeds, _rate.Average());
        var half = declared + ((oracle - declared) / 2);
        LearningWay[] ways = [Way("oracle", oracle), Way("learned", learned), Way("declared", declared), Way("round robin", _roundRobin / plan.Seeds)];
        return new(plan.Seeds, plan.Tasks, ways, Blocks(), half, HalfAt(half), System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds);

        LearningWay Way(string way, double rate) => new(way, rate, (oracle - rate) * plan.Tasks);
    }

    private async Task RunAsync(int seed, CancellationToken cancel)
    {
        var world = new LearningWorld(seed, plan.Agents, plan.Capabilities);
        var capabilities = Enumerable.Range(0, plan.Capabilities).ToArray();
        _oracle += capabilities.Average(world.Best);
        _roundRobin += capabilities.Average(world.Mean);

        // Without learning, the same agent has each task of a capability, so that few tasks show the rate.
        await using (var fixedHub = new LearningHub(world))
        {
            await fixedHub.StartAsync(seed, isLearning: false);
            foreach (var capability in capabilities)
                _declared += world.Ability((await fixedHub.RunAsync(capability, cancel)).Agent, capability) / plan.Capabilities;
        }

        await using var hub = new LearningHub(world);
        await hub.StartAsync(seed, isLearning: true);
        for (var task = 0; task < plan.Tasks; task++)
        {
            var capability = task % plan.Capabilities;
            var (agent, isRight) = await hub.RunAsync(capability, cancel);
            _rate[task] += world.Ability(agent, capability) / plan.Seeds;
            _right[task] += (isRight ? 1.0 : 0) / plan.Seeds;
        }
    }

    private List<LearningBlock> Blocks()
    {
        var blocks = new List<LearningBlock>();
        int[] ends = [.. new[] { 100, 250, 500, 1_000, 2_000, 5_000, 10_000 }.Where(e => e < plan.Tasks), plan.Tasks];
        var from = 0;
        foreach (var to in ends)
        {
            blocks.Add(new(from + 1, to, _rate[from..to].Average(), _right[from..to].Average()));
            from = to;
        }

        return blocks;
    }

    private int? HalfAt(double half)
    {
        for (var task = Window; task <= plan.Tasks; task++)
        {
            if (_rate[(task - Window)..task].Average() >= half) return task;
        }

        return null;
    }
}
