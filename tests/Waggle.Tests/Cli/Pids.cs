using System.Globalization;
using Waggle.Shared;

namespace Waggle.Tests.Cli;

internal static class Pids
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Returns the number that a script wrote to the file, as soon as the file has it.</summary>
    public static async Task<int> ReadAsync(string file)
    {
        var text = "";
        await UntilAsync(() => File.Exists(file) && (text = File.ReadAllText(file)).EndsWith('\n'), $"{file} was not written");
        return int.Parse(text, CultureInfo.InvariantCulture);
    }

    public static Task GoneAsync(int pid) => UntilAsync(() => !IsAlive(pid), $"process {pid} lives on");

    public static bool IsAlive(int pid)
    {
        if (Libc.kill(pid, 0) != 0) return false;
        // A zombie that no process of this container collects counts as ended.
        var status = $"/proc/{pid}/stat";
        return !File.Exists(status) || !File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal);
    }

    public static async Task UntilAsync(Func<bool> done, string otherwise)
    {
        using var enough = new CancellationTokenSource(Patience);
        while (!done())
        {
            if (enough.IsCancellationRequested) throw new TimeoutException(otherwise);
            await Task.Delay(20);
        }
    }
}
