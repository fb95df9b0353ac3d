namespace Waggle.TestKit;

/// <summary>Draws random values from a seed, for properties: <c>Gen.ForAll(200, g => …)</c>. A failure names the seed that repeats it.</summary>
public sealed class Gen(int seed)
{
    private Random _dice = new(seed);

    public int Seed { get; private set; } = seed;

    public Random Dice => _dice;

    public static void ForAll(int cases, Action<Gen> property, int firstSeed = 1)
    {
        for (var seed = firstSeed; seed < firstSeed + cases; seed++)
        {
            try
            {
                property(new Gen(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"The property fails with seed {seed}: {e.Message}", e);
            }
        }
    }

    /// <summary>Tests a property with the fixed cases of every run, and then with new ones for the seconds that WAGGLE_FUZZ_SECONDS names.</summary>
    public static void Fuzz(int cases, Action<Gen> property)
    {
        ForAll(cases, property);
        for (var (more, seed) = (Fuzzing.Begin(), Random.Shared.Next()); more.GoesOn; seed++) ForAll(1, property, seed);
    }

    public static async Task FuzzAsync(int cases, Func<Gen, Task> property)
    {
        await ForAllAsync(cases, property);
        for (var (more, seed) = (Fuzzing.Begin(), Random.Shared.Next()); more.GoesOn; seed++) await ForAllAsync(1, property, seed);
    }

    public static async Task ForAllAsync(int cases, Func<Gen, Task> property, int firstSeed = 1)
    {
        for (var seed = firstSeed; seed < firstSeed + cases; seed++)
        {
            try
            {
                await property(new Gen(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"The property fails with seed {seed}: {e.Message}", e);
            }
        }
    }

    /// <summary>
    /// Continues with the values of another seed. Each step of a sequence has its own seed, so that a shortened sequence keeps its remaining steps.
    /// </summary>
    public void Reseed(int seed) => (Seed, _dice) = (seed, new Random(seed));

    /// <summary>Draws an integer; both bounds are included.</summary>
    public int Int(int least, int most) => (int)_dice.NextInt64(least, (long)most + 1);

    public bool Bool(double chance = 0.5) => _dice.NextDouble() < chance;

    public double Double() => _dice.NextDouble();

    public T Pick<T>(params ReadOnlySpan<T> from) => from[_dice.Next(from.Length)];

    public T? Maybe<T>(Func<T> make, double chance = 0.5) => Bool(chance) ? make() : default;

    public List<T> List<T>(int least, int most, Func<T> make)
    {
        var list = new List<T>();
        for (var count = Int(least, most); count > 0; count--) list.Add(make());
        return list;
    }

    /// <summary>Draws text with characters that break encoders: quotes, controls, accents, surrogate pairs.</summary>
    public string Text(int least, int most)
    {
        string[] pieces = ["a", "Z", "9", " ", "\"", "\\", "/", "\n", "\u0001", "é", "漢", "😀", "<", "&", "\u2028"];
        return string.Concat(List(least, most, () => pieces[_dice.Next(pieces.Length)]));
    }

    public string Id(int most = 20) =>
        string.Concat(List(1, most, () => "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-:@+~="[_dice.Next(49)]));
}

/// <summary>The time for which random tests continue beyond their fixed cases: none, unless WAGGLE_FUZZ_SECONDS names it.</summary>
internal readonly struct Fuzzing
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("WAGGLE_FUZZ_SECONDS"), System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);

    private readonly long _began;

    private Fuzzing(long began) => _began = began;

    public bool GoesOn => System.Diagnostics.Stopwatch.GetElapsedTime(_began) < Length;

    public static Fuzzing Begin() => new(System.Diagnostics.Stopwatch.GetTimestamp());
}
