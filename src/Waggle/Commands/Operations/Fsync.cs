using System.Diagnostics;

namespace Waggle.Commands.Operations;

/// <summary>Measures the time in which the disk makes 4 KiB durable. No commit can be faster.</summary>
internal static class Fsync
{
    public static double MedianMs(string folder)
    {
        var path = Path.Combine(folder, "fsync-probe");
        var page = new byte[4096];
        var samples = new double[200];
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (var i = 0; i < samples.Length; i++)
            {
                file.Write(page);
                var started = Stopwatch.GetTimestamp();
                file.Flush(flushToDisk: true);
                samples[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
        }

        File.Delete(path);
        Array.Sort(samples);
        return samples[samples.Length / 2];
    }
}
