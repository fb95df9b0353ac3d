using System.Globalization;
using CsCheck;
using Any = CsCheck.Gen;

namespace Waggle.TestKit;

/// <summary>
/// Properties of sequences of steps. CsCheck draws sequences of seeds, one for each step, on all cores, and searches for the shortest sequence that fails. Its
/// message names the seed that repeats it (<c>CsCheck_Seed</c>). The sequences differ from run to run. <c>WAGGLE_PROPERTY_RUNS</c> multiplies their number,
/// <c>CsCheck_Time</c> continues for the given seconds.
/// </summary>
public static class Steps
{
    private static readonly int Multiplier =
        int.TryParse(Environment.GetEnvironmentVariable("WAGGLE_PROPERTY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : 1;

    /// <summary>Returns the number of cases of a property that draws its own.</summary>
    public static long Times(int cases) => (long)cases * Multiplier;

    /// <param name="sequences">The number of sequences.</param>
    /// <param name="least">The number of steps of the shortest.</param>
    /// <param name="most">The number of steps of the longest.</param>
    /// <param name="property">Runs the steps, and throws if the property does not hold. It runs on several threads at once.</param>
    public static void Check(int sequences, int least, int most, Action<int[]> property) => Any.Int.Array[least, most].Sample(property, iter: (long)sequences * Multiplier);

    /// <summary>Checks a property as <see cref="Check"/> does, one sequence after the other.</summary>
    public static Task CheckAsync(int sequences, int least, int most, Func<int[], Task> property) =>
        Any.Int.Array[least, most].SampleAsync(property, iter: (long)sequences * Multiplier, threads: 1);
}
