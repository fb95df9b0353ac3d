using System.Globalization;
using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Exec;

/// <summary>Runs the command that decides a vote: it prints the option, one a line where several are allowed, and ends with 0.</summary>
internal sealed class VoteRun(ExecOptions options, string command, OrphanGuard guard)
{
    private const int MaxOutput = 64 * 1024;

    /// <summary>Returns the options that the command printed; null if it printed none, which is no vote.</summary>
    /// <exception cref="IOException">The command cannot be started.</exception>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public async ValueTask<IReadOnlyList<string>?> RunAsync(VoteRequested request, CancellationToken cancel)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(request, HubJson.Default.VoteRequested);
        await using var child = guard.Run(command, Variables(request), document);
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
        if (status is not { Code: 0, Signal: null })
        {
            var end = status.Signal is { } signal ? $"signal {signal}" : $"code {status.Code}";
            throw new InvalidOperationException($"The command ended with {end}. {complaint}".Trim());
        }

        string[] choices = [.. printed.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return choices.Length == 0 ? null : choices;
    }

    private Dictionary<string, string> Variables(VoteRequested request)
    {
        var variables = TaskEnvironment.Own(options);
        variables["WAGGLE_VOTE_ID"] = request.Proposal;
        variables["WAGGLE_VOTE_SWARM"] = request.Swarm;
        variables["WAGGLE_VOTE_QUESTION"] = request.Question.Replace('\0', '\uFFFD');
        variables["WAGGLE_VOTE_OPTIONS"] = string.Join('\n', request.Options.Select(o => o.Replace('\0', '\uFFFD')));
        variables["WAGGLE_VOTE_RULE"] = SnakeCase.Of(request.Rule);
        variables["WAGGLE_VOTE_EXTENSIONS"] = request.Extensions.ToString(CultureInfo.InvariantCulture);
        variables["WAGGLE_VOTE_DEADLINE"] = request.Deadline.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return variables;
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
