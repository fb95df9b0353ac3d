namespace Waggle.Benchmarks.Learning;

/// <summary>
/// Agents with abilities that the hub is not told: the probability with which an agent does a task of a capability right. What the agents declare is drawn
/// apart from it, so that it says nothing.
/// </summary>
internal sealed class LearningWorld
{
    public const double Least = 0.3;
    public const double Most = 0.95;

    private readonly double[,] _ability;
    private readonly double[,] _declared;
    private readonly Random _luck;

    public LearningWorld(int seed, int agents, int capabilities)
    {
        var dice = new Random(seed);
        _ability = Draw(dice, agents, capabilities);
        _declared = Draw(dice, agents, capabilities);
        _luck = new Random(dice.Next());
    }

    public int Agents => _ability.GetLength(0);

    public int Capabilities => _ability.GetLength(1);

    public double Ability(int agent, int capability) => _ability[agent, capability];

    public double Declared(int agent, int capability) => _declared[agent, capability];

    public double Best(int capability) => Enumerable.Range(0, Agents).Max(a => _ability[a, capability]);

    public double Mean(int capability) => Enumerable.Range(0, Agents).Average(a => _ability[a, capability]);

    /// <summary>Lets an agent do a task.</summary>
    /// <returns>Whether its result is right.</returns>
    public bool Try(int agent, int capability) => _luck.NextDouble() < _ability[agent, capability];

    private static double[,] Draw(Random dice, int agents, int capabilities)
    {
        var drawn = new double[agents, capabilities];
        for (var a = 0; a < agents; a++)
        {
            for (var c = 0; c < capabilities; c++) drawn[a, c] = Least + ((Most - Least) * dice.NextDouble());
        }

        return drawn;
    }
}
