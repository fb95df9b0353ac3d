namespace Waggle.Demo;

/// <param name="Directory">Full path of what is surveyed.</param>
/// <param name="Out">Full path of where the report goes.</param>
/// <param name="Data">Where the hub keeps its data; null: a temporary folder, deleted at the end.</param>
internal sealed record DemoOptions(string Directory, string Out, string? Data, int Port, int Analysts, bool Exit, bool Json)
{
    /// <summary>Tasks at a time for each analyst.</summary>
    public const int AnalystSlots = 2;

    /// <summary>One of them is killed, and somebody must be left.</summary>
    public const int LeastAnalysts = 2;

    public const int MostAnalysts = 64;
}
