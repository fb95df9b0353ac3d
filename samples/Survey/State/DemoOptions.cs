namespace Waggle.Survey.State;

/// <summary>The options of the demo.</summary>
/// <param name="Directory">The full path of the directory to survey.</param>
/// <param name="Out">The full path of the report.</param>
/// <param name="Data">The data folder of the hub; null selects a temporary folder, deleted at the end.</param>
/// <param name="Port">The port of the hub; 0 selects any free port.</param>
/// <param name="Analysts">The number of workers that measure files: <see cref="LeastAnalysts"/> to <see cref="MostAnalysts"/>.</param>
/// <param name="Exit">Whether to end after the report. Otherwise the hub stays up until the demo is cancelled.</param>
/// <param name="Json">Whether to print one JSON document at the end and nothing else.</param>
public sealed record DemoOptions(string Directory, string Out, string? Data, int Port, int Analysts, bool Exit, bool Json)
{
    /// <summary>The minimum number of analysts: the demo kills one, and another one must remain.</summary>
    public const int LeastAnalysts = 2;

    public const int MostAnalysts = 64;

    /// <summary>The number of tasks that an analyst runs at a time.</summary>
    internal const int AnalystSlots = 2;
}
