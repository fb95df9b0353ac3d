namespace Waggle.Survey.State;

/// <summary>What the demo is asked for.</summary>
/// <param name="Directory">Full path of what is surveyed.</param>
/// <param name="Out">Full path of where the report goes.</param>
/// <param name="Data">Where the hub keeps its data; null: a temporary folder, deleted at the end.</param>
/// <param name="Port">Where the hub listens; 0: any free port.</param>
/// <param name="Analysts">How many workers measure files: <see cref="LeastAnalysts"/> to <see cref="MostAnalysts"/>.</param>
/// <param name="Exit">End after the report; else the hub stays up until the demo is cancelled.</param>
/// <param name="Json">Print one JSON document at the end and nothing else.</param>
public sealed record DemoOptions(string Directory, string Out, string? Data, int Port, int Analysts, bool Exit, bool Json)
{
    /// <summary>One of them is killed, and another one must be left.</summary>
    public const int LeastAnalysts = 2;

    public const int MostAnalysts = 64;

    /// <summary>Tasks at a time for each analyst.</summary>
    internal const int AnalystSlots = 2;
}
