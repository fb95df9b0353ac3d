using System.Globalization;
using CsCheck;
using Any = CsCheck.Gen;

namespace Waggle.TestKit;

/// <summary>
/// Properties of what is done step by step. CsCheck draws sequences of seeds, one a step, on all cores, and looks for the shortest sequence that fails; its message names the seed
/// that brings it back (<c>CsCheck_Seed</c>). The sequences differ from run to run. <c>WAGGLE_PROPERTY_RUNS</c> multiplies their number, <c>CsCheck_Time</c> goes on for as many seconds.
/// </summary>
public static class Steps
{
    private static readonly int Multiplier =
        int.TryParse(Environment.GetEnvironmentVariable("WAGGLE_PROPERTY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : 1;

    /// <param name="sequences">How many are tried.</param>
    /// <param name="least">Steps of the shortest.</param>
    /// <param name="most">Steps of the longest.</param>
    /// <param name="property">Does the steps, and throws if the property does not hold. Called on several threads at once.</param>
    public static void Check(int sequences, int least, int most, Action<int[]> property) => Any.Int.Array[least, most].Sample(property, iter: (long)sequences * Multiplier);

    /// <summary>The same, one sequence after the other.</summary>
    public static Task CheckAsync(int sequences, int least, int most, Func<int[], Task> property) =>
        Any.Int.Array[least, most].SampleAsync(property, iter: (long)sequences * Multiplier, threads: 1);
}
