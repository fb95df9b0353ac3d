namespace Waggle.Chaos.Tests;

internal sealed record JournalLine(string Worker, string What, string Task, int Attempt, long Token);

/// <summary>Reads the workers' journals.</summary>
internal static class Journals
{
    public static IReadOnlyList<JournalLine> Read(string folder) =>
        [.. Directory.GetFiles(folder, "*.journal").SelectMany(path => File.ReadLines(path).Select(line => Parse(Path.GetFileNameWithoutExtension(path), line)))];

    private static JournalLine Parse(string worker, string line) =>
        line.Split(' ') is [var what, var task, var attempt, var token]
            ? new(worker, what, task, int.Parse(attempt), long.Parse(token))
            : throw new FormatException($"The journal of {worker} has a torn line: '{line}'.");
}
