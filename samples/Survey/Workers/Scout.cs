using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Workers;

/// <summary>
/// Lists the source files and creates a task for each, then the task of the report, which waits for all of them. A scout that takes over from a killed one
/// repeats all commands, and the idempotency keys return the existing tasks.
/// </summary>
internal sealed class Scout(WaggleClient client, string directory) : IRole
{
    private const int BatchSize = 500;
    private const int BatchesInFlight = 4;

    // Together with the ids of all files this fits well into one message.
    private const int MostSkippedCharacters = 200_000;

    public string Capability => SurveyTasks.ScoutCapability;

    public async ValueTask<RawJson> HandleAsync(TaskWork work, CancellationToken cancel)
    {
        var tree = new SourceTree(directory);
        var batches = new TaskBatches(client, BatchesInFlight);
        foreach (var chunk in Paths(tree, cancel).Chunk(BatchSize))
        {
            await batches.AddAsync([.. chunk.Select(path => SurveyTasks.Measure(work.Swarm, work.Id, path))], cancel);
            await work.ReportProgressAsync(0, $"{batches.Count} files listed");
        }

        var files = await batches.CompleteAsync();
        var rest = tree.Skipped.Where(entry => !IsUnmeasurableFile(entry)).ToList();
        var carried = Carried(rest);
        var report = SurveyTasks.Report(work.Swarm, work.Id, files, new ReportInput(files.Count, carried, rest.Count - carried.Count));
        var created = await client.CreateTaskAsync(report, cancel);
        var result = new ScoutResult(files.Count, rest.Count, created.Id);
        return RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(result, SurveyTaskJson.Default.ScoutResult));
    }

    /// <summary>
    /// Returns the files, then those that cannot be measured because they are binary, too large or not readable. Each of them has a task like any other file:
    /// an analyst finds the reason and reports it as the task's failure.
    /// </summary>
    private IEnumerable<string> Paths(SourceTree tree, CancellationToken cancel)
    {
        foreach (var file in tree.Files(cancel)) yield return file.Path;
        foreach (var entry in tree.Skipped.Where(IsUnmeasurableFile)) yield return entry.Path;
    }

    private bool IsUnmeasurableFile(SkippedEntry entry)
    {
        if (SourceLanguages.Of(Path.GetFileName(entry.Path)) is null) return false;
        var file = new FileInfo(Path.Combine(directory, entry.Path));
        return file.Exists && file.LinkTarget is null;
    }

    private static List<SkippedEntry> Carried(List<SkippedEntry> skipped)
    {
        var left = MostSkippedCharacters;
        return [.. skipped.TakeWhile(entry => (left -= entry.Path.Length + entry.Reason.Length) >= 0)];
    }

    /// <summary>Creates tasks in batches with several requests in flight. The ids are returned in the order of the specs.</summary>
    private sealed class TaskBatches(WaggleClient client, int inFlight)
    {
        private readonly List<string> _ids = [];
        private readonly Queue<Task<IReadOnlyList<Protocol.Messages.TaskCreated>>> _sent = [];

        public int Count { get; private set; }

        public async ValueTask AddAsync(TaskSpec[] specs, CancellationToken cancel)
        {
            if (_sent.Count == inFlight) await TakeAsync();
            _sent.Enqueue(client.CreateTasksAsync(specs, cancel));
            Count += specs.Length;
        }

        public async ValueTask<IReadOnlyList<string>> CompleteAsync()
        {
            while (_sent.Count > 0) await TakeAsync();
            return _ids;
        }

        private async ValueTask TakeAsync() => _ids.AddRange((await _sent.Dequeue()).Select(created => created.Id));
    }
}
