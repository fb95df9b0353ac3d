using Waggle.Protocol;
using Waggle.Survey.Sources;
using Waggle.Survey.State;
using Waggle.Survey.Views;

namespace Waggle.Survey.Demo;

/// <summary>Surveys a source tree with a swarm of worker processes, kills one of them half-way and verifies afterwards that no task was lost.</summary>
public static class SurveyDemo
{
    /// <summary>Runs the demo to its report, and then until it is cancelled, unless <see cref="DemoOptions.Exit"/> is set.</summary>
    /// <param name="options">The tree to survey and the settings of the demo.</param>
    /// <param name="host">The functions of the program that runs the demo.</param>
    /// <param name="cancel">Ends the demo with its hub and its workers.</param>
    /// <exception cref="SurveyException">The demo cannot begin, or the survey is incomplete.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled before the report.</exception>
    /// <exception cref="Client.WaggleException">The hub refused a command.</exception>
    public static async Task RunAsync(DemoOptions options, DemoHost host, CancellationToken cancel)
    {
        if (Problem(options) is { } problem) throw new SurveyException(problem, isUsage: true);
        var view = DemoViews.For(options, TimeProvider.System);
        await new DemoRun(options, host, view, TimeProvider.System).RunAsync(cancel);
    }

    /// <summary>Returns the error of the options in one line, before anything starts; null if they are valid.</summary>
    private static string? Problem(DemoOptions options)
    {
        if (SourceTree.Check(options.Directory) is { } problem) return problem;
        var tree = new SourceTree(options.Directory);
        var files = tree.Files().Take(Limits.MaxDependencies + 1).Count() + tree.Skipped.Count;
        if (files == tree.Skipped.Count) return NothingIn(options.Directory, tree.Skipped);
        // The report's task depends on all file tasks.
        if (files > Limits.MaxDependencies) return $"'{options.Directory}' has more than {Limits.MaxDependencies} source files; choose a subfolder";
        return Unwritable(options.Out);
    }

    private static string NothingIn(string directory, IReadOnlyList<SkippedEntry> skipped) =>
        $"'{directory}' has no source files" + (skipped is [var first, ..] ? $" that can be measured ({first.Path}: {first.Reason})" : "");

    private static string? Unwritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the report cannot go into '{folder}': {e.Message}";
        }
    }
}
