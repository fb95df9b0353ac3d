using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Messages;
using Waggle.Shared;

namespace Waggle.Exec;

/// <summary>Runs the command that handles a message to the agent. The agent has handled the message when the command has ended with 0.</summary>
internal sealed class MessageRun(ExecOptions options, HookCommand command)
{
    /// <summary>Returns what the command printed.</summary>
    /// <exception cref="IOException">The command cannot be started.</exception>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public Task<string> RunAsync(AgentMessage message, CancellationToken cancel) =>
        command.RunAsync(Variables(message), JsonSerializer.SerializeToUtf8Bytes(message, HubJson.Default.AgentMessage), cancel);

    private Dictionary<string, string> Variables(AgentMessage message)
    {
        var variables = TaskEnvironment.Own(options);
        variables["WAGGLE_URL"] = Failures.Authority(options.Url);
        variables["WAGGLE_MESSAGE_ID"] = message.Message;
        variables["WAGGLE_MESSAGE_AGENT"] = message.Agent;
        variables["WAGGLE_MESSAGE_SWARM"] = message.Swarm;
        variables["WAGGLE_MESSAGE_FROM_AGENT"] = message.FromAgent ?? "";
        variables["WAGGLE_MESSAGE_FROM_USER"] = message.FromUser ?? "";
        variables["WAGGLE_MESSAGE_SENT_AT"] = Time(message.SentAt);
        variables["WAGGLE_MESSAGE_EXPIRES_AT"] = Time(message.ExpiresAt);

        // JSON has no NUL; the text of a string may, and a variable ends at its first one.
        variables["WAGGLE_MESSAGE_CONTENT"] = message.Content.ToString();
        variables["WAGGLE_MESSAGE_TEXT"] = message.Content.ToElement() is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!.Replace('\0', '\uFFFD')
            : "";
        return variables;
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
