using System.Security.Cryptography;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Chaos.Actors;

/// <summary>A worker that records its runs and acknowledgements itself. Its journal, and not the hub, decides the test.</summary>
internal static class JournallingWorker
{
    public static async Task<int> RunAsync(Uri url, string name, string path)
    {
        using var journal = new Journal(path);
        var options = new WaggleWorkerOptions
        {
            Url = url,
            AgentId = name,
            Secret = $"the-secret-of-{name}-over-all-its-lives",
            Slots = 8,
            ConnectTimeout = TimeSpan.FromMinutes(2),
            BackoffBase = TimeSpan.FromMilliseconds(50),
            BackoffCap = TimeSpan.FromMilliseconds(500),
            OnAssigned = a => journal.Write("assigned", a.Task, a.Attempt, a.Token),
            OnAcknowledged = (task, attempt, token, ack) => journal.Write(ack.Duplicate ? "acked-again" : "acked", task, attempt, token),
            OnRejected = (task, attempt, token, code) => journal.Write($"rejected-{code}", task, attempt, token),
        };
        await using var worker = await WaggleWorker.StartAsync(options, (work, cancel) => WorkAsync(work, journal));
        Console.Out.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    private static async ValueTask<RawJson> WorkAsync(TaskWork work, Journal journal)
    {
        // Every third task computes for a moment and reports on it, so that kills hit started tasks, too.
        var digest = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(work.Id));
        if (digest[0] % 3 == 0)
        {
            await Task.Yield();
            for (var i = 0; i < 10; i++)
            {
                for (var j = 0; j < 1500; j++) digest = SHA256.HashData(digest);
                await work.ReportProgressAsync((i + 1) / 10.0);
            }
        }

        if (work.Spec.Type == "ask") return RawJson.Parse(await work.ApproveAsync("May it end?") ? "true" : "false");
        if (work.Spec.Type is not null) work.Usage = new Usage { Model = "chaos", InputTokens = 9, OutputTokens = 2 };
        journal.Write("ran", work.Id, work.Attempt, work.Token);
        return RawJson.Parse($"\"{Convert.ToHexStringLower(digest)}\"");
    }
}

/// <summary>A journal that writes each line completely before the next event; the kernel keeps it when the process is killed.</summary>
internal sealed class Journal(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _lock = new();

    public void Write(string what, string task, int attempt, long token)
    {
        var line = System.Text.Encoding.UTF8.GetBytes($"{what} {task} {attempt} {token}\n");
        lock (_lock) _file.Write(line);
    }

    public void Dispose() => _file.Dispose();
}
