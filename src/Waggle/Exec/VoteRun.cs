using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Exec;

/// <summary>Runs the command that decides a vote: it prints the option, one a line where several are allowed, and ends with 0.</summary>
internal sealed class VoteRun(ExecOptions options, HookCommand command)
{
    /// <summary>Returns the options that the command printed; null if it printed none, which is no vote.</summary>
    /// <exception cref="IOException">The command cannot be started.</exception>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public async ValueTask<IReadOnlyList<string>?> RunAsync(VoteRequested request, CancellationToken cancel)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(request, HubJson.Default.VoteRequested);
        var printed = await command.RunAsync(Variables(request), document, cancel);
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
}
