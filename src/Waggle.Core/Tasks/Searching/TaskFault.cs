using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Searching;

/// <summary>The fingerprint of a task's error: errors that differ only in numbers, ids, paths and quoted words have the same. Pure.</summary>
internal static partial class TaskFault
{
    private const int MostRead = 1_000;
    private const int MostCompared = 200;
    private const int HashBytes = 8;

    /// <summary>The number of characters of a fingerprint.</summary>
    public const int Length = 2 * HashBytes;

    /// <summary>Returns the error of a task that failed, expired or waits for its retry; null for any other task.</summary>
    public static TaskIndexError? Of(TaskEntity task)
    {
        if (task.State is not (TaskState.Failed or TaskState.Expired or TaskState.RetryWait)) return null;
        var code = task.Error?.Code ?? TaskColumns.Name(task.State).ToUpperInvariant();
        var message = task.Error?.Message ?? "";
        return new TaskIndexError(Fingerprint(code, message), code, message);
    }

    public static string Fingerprint(string code, string message) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{code}\n{Normalize(message)}")).AsSpan(0, HashBytes));

    /// <summary>Returns a message without its particulars.</summary>
    public static string Normalize(string message)
    {
        var text = message.Length > MostRead ? message[..MostRead] : message;
        text = Quoted().Replace(text, "'…'");
        text = Path().Replace(text, "/…");
        text = Numbered().Replace(text, "#");
        return text.Length > MostCompared ? text[..MostCompared] : text;
    }

    [GeneratedRegex("""'[^']*'|"[^"]*"|`[^`]*`""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"/[^\s/]\S*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Path();

    // A word with a digit, or eight hexadecimal digits and more.
    [GeneratedRegex(@"[\p{L}_]*\d[\w]*|\b[0-9a-fA-F]{8,}\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbered();
}
