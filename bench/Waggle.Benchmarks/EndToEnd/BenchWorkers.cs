using System.Diagnostics;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>The bench's worker processes. They end when their input closes.</summary>
internal sealed class BenchWorkers : IAsyncDisposable
{
    private readonly List<Process> _processes = [];

    public static async Task<BenchWorkers> StartAsync(Uri url, int count, int slots, CancellationToken cancel, string? swarm = null)
    {
        var workers = new BenchWorkers();
        for (var i = 1; i <= count; i++)
        {
            string[] where = swarm is null ? [] : ["--swarm", swarm];
            var process = Process.Start(Programs.Self([BenchWorker.Name, "--url", url.ToString(), "--slots", $"{slots}", "--name", $"bench-{swarm}{i}", .. where]))!;
            workers._processes.Add(process);
            process.ErrorDataReceived += (_, line) =>
            {
                if (line.Data is not null) Console.Error.WriteLine($"worker: {line.Data}");
            };
            process.BeginErrorReadLine();
            if (await process.StandardOutput.ReadLineAsync(cancel) != "ready") throw new InvalidOperationException("A worker ended before it was ready.");
        }

        return workers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
