using System.Diagnostics;
using System.Globalization;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>A hub as a process of its own, as operators run it.</summary>
internal sealed class ChildHub : IAsyncDisposable
{
    private readonly Process _process;

    private ChildHub(Process process, Uri url, TimeSpan ready)
    {
        _process = process;
        Url = url;
        ReadyAfter = ready;
    }

    public Uri Url { get; }

    /// <summary>The time from the start of the process to its <c>ready</c>.</summary>
    public TimeSpan ReadyAfter { get; }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public double ResidentMb
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <summary>Returns the bytes that the hub has allocated on its managed heap so far, by its own metrics, including the cost of this answer.</summary>
    public async Task<double> AllocatedAsync(HttpMessageInvoker via, CancellationToken cancel)
    {
        const string Name = "dotnet_gc_heap_total_allocated_bytes_total ";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "/metrics"));
        using var answer = await via.SendAsync(request, cancel);
        var metrics = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancel);
        var line = metrics.Split('\n').First(l => l.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    public static async Task<ChildHub> StartAsync(string data, params IEnumerable<string> more)
    {
        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(Programs.Hub(["serve", "--port", "0", "--data", data, .. more]))!;
        process.ErrorDataReceived += (_, line) => Forward(line.Data);
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("ready ", StringComparison.Ordinal)) continue;
            return new ChildHub(process, new Uri(line["ready ".Length..]), Stopwatch.GetElapsedTime(started));
        }

        await process.WaitForExitAsync();
        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The hub ended with exit code {process.ExitCode} before it was ready."));
    }

    /// <summary>Kills the process, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private static void Forward(string? line)
    {
        if (line is not null && !line.Contains("info:", StringComparison.Ordinal)) Console.Error.WriteLine($"hub: {line}");
    }
}
