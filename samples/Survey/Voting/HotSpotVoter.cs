using Waggle.Client;
using Waggle.Protocol.Messages;
using Waggle.Survey.Measuring;

namespace Waggle.Survey.Voting;

/// <summary>
/// Votes on which hot spot to fix first. Each analyst judges by one figure, so that the votes differ for a reason: the complexity of the most complex function,
/// the length of the longest one, the complexity of the whole file, or the nesting.
/// </summary>
/// <param name="number">The number of the analyst, from 1; it determines the figure.</param>
internal sealed class HotSpotVoter(WaggleClient client, int number, TimeProvider time)
{
    private static readonly Func<FileMeasure, int>[] Figures =
    [
        static file => file.MostComplexFunction?.Complexity ?? 0,
        static file => file.LongestFunction?.Lines ?? 0,
        static file => file.Cyclomatic ?? 0,
        static file => file.MaxNesting ?? 0,
    ];

    public async ValueTask<IReadOnlyList<string>?> VoteAsync(VoteRequested request, CancellationToken cancel)
    {
        // The last option is to abstain.
        var files = await HotSpots.FindAsync(client, request.Swarm, request.Options.Count - 1, time, cancel);
        return Choose(files, number) is { } file ? [HotSpots.OptionOf(file)] : null;
    }

    /// <summary>Returns the file with the greatest figure of an analyst, the first of equal ones; null without files.</summary>
    public static FileMeasure? Choose(IReadOnlyList<FileMeasure> files, int number) => files.MaxBy(Figures[(number - 1) % Figures.Length]);
}
