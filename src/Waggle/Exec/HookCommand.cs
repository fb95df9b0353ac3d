using System.Text;

namespace Waggle.Exec;

/// <summary>Runs a command beside the tasks, for a vote or a message: a document on its standard input, and the beginning of what it prints.</summary>
internal sealed class HookCommand(string command, OrphanGuard guard)
{
    private const int MaxOutput = 64 * 1024;

    /// <summary>Returns what the command printed. It and its group are ended when the token is cancelled.</summary>
    /// <exception cref="IOException">The command cannot be started.</exception>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public async Task<string> RunAsync(Dictionary<string, string> variables, byte[] document, CancellationToken cancel)
    {
        await using var child = guard.Run(command, variables, document);
        if (!child.IsFed) _ = CommandRun.FeedAsync(child.Input, document);
        var output = ReadAsync(child.Output);
        var error = ReadAsync(child.Error);
        await child.Exited.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Nothing of its group goes on, so both streams end.
        child.Kill();
        var status = await child.CollectAsync();
        guard.Forget(child);
        var (printed, complaint) = (await output, await error);
        cancel.ThrowIfCancellationRequested();
        if (status is { Code: 0, Signal: null }) return printed;
        var end = status.Signal is { } signal ? $"signal {signal}" : $"code {status.Code}";
        throw new InvalidOperationException($"The command ended with {end}. {complaint}".Trim());
    }

    // The command writes as much as it likes, and the beginning is kept.
    private static async Task<string> ReadAsync(Stream stream)
    {
        var kept = new byte[MaxOutput];
        var rest = new byte[4096];
        var length = 0;
        while (true)
        {
            var room = length < kept.Length ? kept.AsMemory(length) : rest;
            var read = await stream.ReadAsync(room);
            if (read == 0) return Encoding.UTF8.GetString(kept, 0, length).Trim();
            if (length < kept.Length) length += read;
        }
    }
}
